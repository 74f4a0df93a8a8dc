import { useNavigate } from "@tanstack/react-router";
import { MessageSquareText } from "lucide-react";
import { useCallback, useMemo } from "react";
import { IconButton } from "@/components/ui/button";
import { type Command, useCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";

/** Leads to a conversation that asks this item alone. */
export function AskAbout({ itemId }: { itemId: string }) {
  const words = useWords();
  const navigate = useNavigate();
  const ask = useCallback(
    () => void navigate({ to: "/chat", search: { scope: `item:${encodeURIComponent(itemId)}` } }),
    [navigate, itemId],
  );
  const commands = useMemo<Command[]>(
    () => [{ id: "reader.ask", title: "reader.ask", keys: ["q"], group: "reader", run: ask }],
    [ask],
  );
  useCommands(commands);
  return <IconButton icon={MessageSquareText} label={words("reader.ask")} keys="Q" onPress={ask} />;
}
