/** What the palette offers for what was typed. `>`, `#` and `?` before it narrow it to commands, tags, asking. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useFilter } from "react-aria-components";
import { NEW, useKept } from "@/features/chat/kept";
import { api, unwrap } from "@/lib/api";
import { type Command, useOfferedCommands } from "@/lib/commands";
import { type MessageId, useWords } from "@/lib/i18n";
import { shownKeys } from "@/lib/keys";
import { meaningOf, saveItem } from "@/lib/saving";
import { useDebounced } from "@/lib/use-debounced";

export interface PaletteEntry {
  id: string;
  text: string;
  keys?: string;
  run: () => void;
}

export interface PaletteSection {
  title: MessageId;
  entries: PaletteEntry[];
}

const FEW = 6;
const PAUSE_MS = 60;

export function usePaletteEntries(typed: string): PaletteSection[] {
  const words = useWords();
  const navigate = useNavigate();
  const { contains } = useFilter({ sensitivity: "base" });
  const prefix = /^[>#?]/.exec(typed)?.[0];
  const text = (prefix ? typed.slice(1) : typed).trim();
  const found = useFound(text, prefix);

  const commands = useOfferedCommands().filter((command) => contains(words(command.title), text));
  const entry = (command: Command): PaletteEntry => ({
    id: command.id,
    text: words(command.title),
    ...(command.keys?.[0] ? { keys: shownKeys(command.keys[0]) } : {}),
    run: command.run,
  });
  const ofView = commands.filter((command) => command.group !== "everywhere").map(entry);
  const everywhere = commands.filter((command) => command.group === "everywhere").map(entry);
  const items = found.items.map((item) => ({
    id: `item-${item.id}`,
    text: item.title,
    run: () => void navigate({ to: `/item/${item.id}` as string }),
  }));
  const tags = found.tags.map((tag) => ({
    id: `tag-${tag}`,
    text: `#${tag}`,
    run: () => void navigate({ to: "/library", search: { tag: [tag] } }),
  }));
  const conversations = found.conversations
    .filter((each) => text !== "" && contains(each.title, text))
    .slice(0, FEW)
    .map((each) => ({
      id: `conversation-${each.id}`,
      text: each.title,
      run: () => void navigate({ to: `/chat/${each.id}` as string }),
    }));
  const asking =
    text === ""
      ? []
      : [
          {
            id: "save",
            text: words("palette.save", { text }),
            run: () => void saveItem(meaningOf(text)),
          },
          {
            id: "search",
            text: words("palette.search", { query: text }),
            run: () => void navigate({ to: "/search", search: { q: text } }),
          },
          {
            id: "ask",
            text: words("palette.ask", { question: text }),
            run: () => {
              useKept.getState().setDraft(NEW, text);
              void navigate({ to: "/chat" });
            },
          },
        ];
  const recent: PaletteSection = { title: text === "" ? "palette.recent" : "palette.items", entries: items };
  const sections: PaletteSection[] = [
    ...(text === "" && !prefix ? [recent] : []),
    { title: "palette.view", entries: prefix === "#" || prefix === "?" ? [] : ofView },
    { title: "palette.everywhere", entries: prefix === "#" || prefix === "?" ? [] : everywhere },
    ...(text === "" ? [] : [recent]),
    { title: "palette.tags", entries: tags },
    { title: "palette.conversations", entries: prefix && prefix !== "?" ? [] : conversations },
    {
      title: "palette.asking",
      entries: prefix === ">" || prefix === "#" ? [] : prefix === "?" ? asking.slice(1) : asking,
    },
  ];
  return sections.filter((section) => section.entries.length > 0);
}

/** What the library has for it; the newest items while nothing is typed. */
function useFound(typed: string, prefix: string | undefined) {
  const text = useDebounced(typed, PAUSE_MS);
  const items = useQuery({
    queryKey: ["search", "palette", text],
    queryFn: async ({ signal }): Promise<{ id: string; title: string }[]> => {
      if (text === "") {
        const page = await unwrap(api.GET("/api/items", { params: { query: { limit: FEW } }, signal }));
        return page.items;
      }
      const { results } = await unwrap(
        api.POST("/api/search", { body: { query: text, mode: "keyword", limit: FEW }, signal }),
      );
      return results.map((result) => ({ id: result.item_id, title: result.title }));
    },
    enabled: prefix === undefined,
  });
  const tags = useQuery({
    queryKey: ["tags", "palette", text],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/tags", { params: { query: { ...(text ? { q: text } : {}), limit: FEW } }, signal }),
      ),
    enabled: prefix === "#" || (prefix === undefined && text !== ""),
  });
  const conversations = useQuery({
    queryKey: ["conversations", "palette"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/conversations", { params: { query: { limit: 100 } }, signal })),
    enabled: text !== "",
  });
  const asked = text === typed;
  return {
    items: prefix === undefined && asked ? (items.data ?? []) : [],
    tags:
      asked && (prefix === "#" || (prefix === undefined && text !== ""))
        ? (tags.data?.items ?? []).map((tag) => tag.name)
        : [],
    conversations: conversations.data?.items ?? [],
  };
}
