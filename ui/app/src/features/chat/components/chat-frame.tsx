import { Link } from "@tanstack/react-router";
import { MessagesSquare, SquarePen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Pane } from "@/components/pane";
import { IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ViewTitle } from "@/components/ui/view-title";
import { useWords } from "@/lib/i18n";
import { useWide } from "@/lib/use-wide";
import { ConversationList } from "./conversation-list";
import { usePaneCommands } from "./use-pane-commands";

interface ChatFrameProps {
  title: string;
  current: string | null;
  children: ReactNode;
  /** What stands beside the conversation. */
  beside?: ReactNode;
}

/** The conversations, one of them, and what stands beside it. */
export function ChatFrame({ title, current, children, beside }: ChatFrameProps) {
  const words = useWords();
  const wide = useWide();
  const [isListOpen, setListOpen] = useState(false);
  usePaneCommands();
  return (
    <section className="flex h-full">
      {wide ? (
        <Pane
          as="nav"
          name="chat.list"
          usual={16}
          edge="end"
          aria-label={words("chat.conversations")}
          data-pane="list"
          className="border-e border-line"
          outer={beside ? "max-wider:hidden" : ""}
        >
          <ConversationList current={current} />
        </Pane>
      ) : null}
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex min-h-12 items-center gap-1 border-b border-line px-4 py-2">
          <ViewTitle className="min-w-0 flex-1 truncate">{title}</ViewTitle>
          {wide ? null : (
            <>
              <IconButton
                icon={MessagesSquare}
                label={words("chat.conversations")}
                onPress={() => setListOpen(true)}
              />
              {current === null ? null : (
                <Link
                  to="/chat"
                  aria-label={words("chat.new")}
                  title={words("chat.new")}
                  className="inline-flex size-8 items-center justify-center rounded-sm text-muted hover:bg-selected hover:text-text"
                >
                  <SquarePen size={16} aria-hidden />
                </Link>
              )}
            </>
          )}
        </header>
        {children}
      </div>
      {beside}
      <Dialog
        title={words("chat.conversations")}
        isOpen={isListOpen && !wide}
        onClose={() => setListOpen(false)}
        placement="side"
      >
        <ConversationList current={current} onChosen={() => setListOpen(false)} />
      </Dialog>
    </section>
  );
}
