import { type RefObject, useMemo, useRef } from "react";
import { type Command, useCommands } from "@/lib/commands";

interface SearchKeys {
  input: RefObject<HTMLInputElement | null>;
  focused: number;
  last: number;
  focusRow: (index: number) => void;
  preview: () => void;
  toggleFacets: () => void;
}

/** The commands of the results. They stay the same ones, whatever is found: to offer others draws the frame anew. */
export function useSearchCommands(keys: SearchKeys): void {
  const now = useRef(keys);
  now.current = keys;
  const commands = useMemo<Command[]>(() => {
    const own = (id: string, key: string[], run: (keys: SearchKeys) => void): Command => ({
      id: `search.${id}`,
      title: `command.search.${id}` as Command["title"],
      keys: key,
      group: "search",
      run: () => run(now.current),
    });
    return [
      own("next", ["j", "ArrowDown"], ({ focused, focusRow }) => {
        // From the field and from the page the list is entered where it was left.
        const isInside = document.activeElement?.closest("[data-result]");
        focusRow(isInside ? focused + 1 : focused);
      }),
      own("previous", ["k", "ArrowUp"], ({ focused, focusRow, input }) =>
        focused === 0 ? input.current?.focus() : focusRow(focused - 1),
      ),
      own("first", ["Home"], ({ focusRow }) => focusRow(0)),
      own("last", ["End"], ({ focusRow, last }) => focusRow(last)),
      own("preview", ["$mod+."], ({ preview }) => preview()),
      own("facets", [], ({ toggleFacets }) => toggleFacets()),
      own("focus", ["/"], ({ input }) => input.current?.focus()),
    ];
  }, []);
  useCommands(commands);
}
