import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/states";
import { useSaveAi } from "@/lib/ai";
import { api, unwrap } from "@/lib/api";
import { aboutSeconds } from "@/lib/duration";
import { count, dollars, fileSize } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { Facts } from "../controls";
import type { EmbeddingChoice } from "./embedding-section";

/** What another embedding model would cost; and, where text would leave, the owner's word for it. */
export function EmbeddingDialog({ choice, onClose }: { choice: EmbeddingChoice; onClose: () => void }) {
  const words = useWords();
  const save = useSaveAi();
  const estimate = useQuery({
    queryKey: ["ai", "estimate", choice],
    queryFn: ({ signal }) =>
      unwrap(api.POST("/api/settings/ai/embedding/estimate", { body: choice, signal })),
    staleTime: 0,
    gcTime: 0,
  });
  const found = estimate.data;
  return (
    <Dialog title={words("embedding.change")} isOpen onClose={onClose}>
      <div role="status">
        {estimate.isPending ? <p className="text-muted">{words("embedding.estimating")}</p> : null}
      </div>
      {estimate.isError ? <ErrorState error={estimate.error} /> : null}
      {found ? (
        <>
          <Facts
            facts={[
              [words("embedding.model"), found.model],
              [words("embedding.passages"), count(found.passages)],
              [
                words("embedding.time"),
                found.instant ? words("embedding.instant") : aboutSeconds(found.seconds),
              ],
              [words("embedding.disk"), fileSize(found.disk_bytes)],
              ...(found.cost_usd !== null
                ? [[words("embedding.cost"), dollars(found.cost_usd)] as [string, string]]
                : []),
            ]}
          />
          {found.leaves ? (
            <div className="mt-3 rounded-md border border-line p-3">
              <p className="text-warn">
                {words("embedding.leaves", {
                  place: found.leaves.place,
                  passages: found.leaves.passages,
                  characters: found.leaves.characters,
                })}
              </p>
              <p className="text-13">{words("embedding.leaves.stay", { count: found.left_out })}</p>
            </div>
          ) : (
            <p className="mt-3 text-13 text-muted">{words("embedding.stays")}</p>
          )}
          <p className="mt-2 text-13 text-muted">{words("embedding.meanwhile")}</p>
          <div className="mt-4 flex justify-end gap-2">
            <Button onPress={onClose} autoFocus>
              {words("action.cancel")}
            </Button>
            <Button
              kind="primary"
              isDisabled={save.isPending}
              onPress={() =>
                save.mutate(
                  {
                    change: { embedding: { ...choice, consent: found.leaves !== null } },
                    said: "embedding.begun",
                  },
                  { onSuccess: onClose },
                )
              }
            >
              {words(found.leaves ? "embedding.allow" : "embedding.begin")}
            </Button>
          </div>
        </>
      ) : null}
    </Dialog>
  );
}
