import { api, unwrap } from "@/lib/api";

const WORTH_NOTING = 0.005;

/** Stores how far an item was read, a share from 0 to 1, where it differs enough from what was noted `before`. */
export function noteProgress(itemId: string, before: number): (share: number) => void {
  let noted = before;
  return (share) => {
    const progress = Math.round(share * 10_000) / 10_000;
    if (Math.abs(progress - noted) < WORTH_NOTING) return;
    noted = progress;
    const params = { path: { item_id: itemId } };
    // Failing costs nothing: the next scroll notes it again.
    unwrap(api.PUT("/api/items/{item_id}", { params, body: { read_progress: progress } })).catch(
      () => undefined,
    );
  };
}
