import { lazy, Suspense } from "react";
import { whenThere } from "@/lib/load-later";
import type { PassageTextProps } from "./passage-text";
import { Loading, Skeleton } from "./ui/states";

const PassageText = lazy(() => whenThere(() => import("./passage-text")));

/** A passage of a saved copy as the reader shows it; what sets it is loaded when it is first shown. */
export function Passage(props: PassageTextProps) {
  return (
    <Suspense
      fallback={
        <Loading>
          <Skeleton lines={8} />
        </Loading>
      }
    >
      <PassageText {...props} />
    </Suspense>
  );
}
