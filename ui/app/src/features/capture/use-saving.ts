import { useCallback, useRef, useState } from "react";
import { type Outcome, tellOutcome, undoOf } from "@/lib/saving";
import { undo } from "@/lib/undo";

/** `saved` is said before the answer is there; `before`: it was in the library already. */
export type Saving = "saved" | "before" | "kept" | null;

/** What became of the last thing saved in the small window, and taking it back. */
export function useSaving() {
  const [saving, setSaving] = useState<Saving>(null);
  const [waiting, setWaiting] = useState(0);
  const last = useRef<Promise<Outcome> | null>(null);

  const follow = useCallback((outcome: Promise<Outcome>) => {
    last.current = outcome;
    setSaving("saved");
    setWaiting((count) => count + 1);
    void outcome.then((told) => {
      setWaiting((count) => count - 1);
      if (told.kind === "refused") tellOutcome(told);
      if (last.current === outcome) setSaving(meaningOf(told));
    });
  }, []);

  const forget = useCallback(() => {
    last.current = null;
    setSaving(null);
  }, []);

  const takeBack = useCallback(async () => {
    const outcome = await last.current;
    forget();
    const undoId = outcome?.kind === "saved" ? undoOf(outcome.item) : null;
    if (undoId !== null) await undo(undoId);
  }, [forget]);

  // While an answer is outstanding the window stays: a refusal is to be seen.
  return { saving, isSettled: waiting === 0, follow, forget, takeBack };
}

function meaningOf(outcome: Outcome): Saving {
  if (outcome.kind === "kept") return "kept";
  if (outcome.kind === "refused") return null;
  return outcome.item.duplicate && !outcome.item.new_version ? "before" : "saved";
}
