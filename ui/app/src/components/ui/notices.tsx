import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useWords } from "@/lib/i18n";
import { type Notice, undo, useNotices } from "@/lib/undo";
import { Button, IconButton } from "./button";

const SHOWN_MS = 10_000;

/** What was just done, with its undo. Pauses while it is pointed at or has the focus. */
export function Notices() {
  const notices = useNotices((state) => state.notices);
  return (
    <section
      aria-live="polite"
      data-notices
      className="pointer-events-none fixed inset-x-0 bottom-[calc(1rem+var(--kept-clear,0px))] z-50 flex flex-col items-center gap-2 px-4 max-medium:bottom-[calc(4rem+var(--kept-clear,0px))]"
    >
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { notice: Notice }) {
  const words = useWords();
  const dismiss = useNotices((state) => state.dismiss);
  const [paused, setPaused] = useState(false);
  const stays = notice.onDismiss !== null;
  useEffect(() => {
    if (paused || stays) return;
    const timer = setTimeout(() => dismiss(notice.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [paused, stays, dismiss, notice.id]);
  const { undoId, more } = notice;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only holds its clock
    <div
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
      className={`pointer-events-auto flex max-w-lg items-center gap-2 rounded-md bg-surface py-1 ps-4 pe-1 shadow-popover ${notice.tone === "danger" ? "text-danger" : ""}`}
    >
      <span className="max-h-40 overflow-auto whitespace-pre-line py-1">{notice.text}</span>
      {notice.itemId ? (
        <Link to={`/item/${notice.itemId}` as string} onClick={() => dismiss(notice.id)} className="px-2">
          {words("command.item.open")}
        </Link>
      ) : null}
      {more ? (
        <Button
          kind="quiet"
          className="text-accent!"
          onPress={() => {
            dismiss(notice.id);
            more.run();
          }}
        >
          {more.label}
        </Button>
      ) : null}
      {undoId ? (
        <Button kind="quiet" className="text-accent!" onPress={() => void undo(undoId)}>
          {words("action.undo")}
        </Button>
      ) : null}
      <IconButton
        icon={X}
        label={words("action.close")}
        onPress={() => {
          dismiss(notice.id);
          notice.onDismiss?.();
        }}
      />
    </div>
  );
}
