import { useRouter } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { type Command, useCommands } from "@/lib/commands";
import { desktop, isDesktop } from "@/lib/desktop";
import { useWords } from "@/lib/i18n";
import { sendKept } from "@/lib/send-kept";
import { useDocumentTitle } from "@/lib/use-document-title";
import { draftAgain, useDraft } from "../draft";
import { type Saving, useSaving } from "../use-saving";
import { CaptureForm } from "./capture-form";
import { DropTarget } from "./drop-target";

/** How long the small window stays after saving, to be taken back. */
const LINGER_MS = 2_500;

/** Saving in a window of its own, from any program: 480 × 260. */
export function CaptureWindow() {
  const words = useWords();
  const router = useRouter();
  const { saving, isSettled, follow, forget, takeBack } = useSaving();
  const [round, setRound] = useState(0);
  useDocumentTitle(words("capture.title"));
  useEffect(() => sendKept(draftAgain), []);

  const leave = useCallback(() => {
    forget();
    setRound((last) => last + 1);
    if (isDesktop) void desktop.closeWindow();
    else if (router.history.canGoBack()) router.history.back();
    else void router.navigate({ to: "/library" });
  }, [forget, router]);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "capture.close",
        title: "command.capture.close",
        keys: isDesktop ? ["Escape", "$mod+w"] : ["Escape"],
        group: "view",
        run: leave,
      },
    ],
    [leave],
  );
  useCommands(commands);

  const [isHeld, setHeld] = useState(false);
  const isWriting = useDraft((draft) => draft.text !== "");
  const ends = isDesktop && saving !== null && isSettled && !isHeld && !isWriting;
  useEffect(() => {
    if (!ends) return;
    const timer = setTimeout(leave, LINGER_MS);
    return () => clearTimeout(timer);
  }, [ends, leave]);

  return (
    <section className="mx-auto flex min-h-full max-w-2xl flex-col p-2.5">
      <h1 className="sr-only">{words("capture.title")}</h1>
      <CaptureForm
        // The next time it begins at its field again.
        key={round}
        isCompact
        onSaving={follow}
        status={<Became saving={isWriting ? null : saving} onUndo={() => void takeBack()} onHold={setHeld} />}
      />
      <DropTarget />
    </section>
  );
}

interface BecameProps {
  saving: Saving;
  onUndo: () => void;
  onHold: (isHeld: boolean) => void;
}

function Became({ saving, onUndo, onHold }: BecameProps) {
  const words = useWords();
  return (
    <div
      role="status"
      // A pointer that only happens to lie here holds nothing.
      onPointerMove={() => onHold(true)}
      onPointerLeave={() => onHold(false)}
      className="flex items-center gap-1.5 text-13"
    >
      {saving === null ? null : (
        <>
          <Check size={16} aria-hidden className="shrink-0 text-ok" />
          <span>{words(`capture.${saving}`)}</span>
        </>
      )}
      {saving === "saved" ? (
        <Button
          kind="quiet"
          className="min-h-6! px-1.5! text-13! text-accent!"
          onPress={onUndo}
          onFocusChange={onHold}
        >
          {words("action.undo")}
        </Button>
      ) : null}
    </div>
  );
}
