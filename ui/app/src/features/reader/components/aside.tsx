import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Chip } from "@/components/ui/chip";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { useChangeItem } from "@/lib/items";
import { type Highlight, type ItemDetail, useRelated } from "../api";
import type { Highlighting } from "../use-highlighting";
import { Failed } from "./failed";
import { HighlightList } from "./highlight-list";
import { ItemNote } from "./item-note";
import { Summary } from "./summary";

interface AsideProps {
  item: ItemDetail;
  highlights: Highlight[];
  lost: Highlight[];
  onHighlight: (highlight: Highlight) => void;
  highlighting: Highlighting;
}

/** What belongs to the item: summary and who wrote it, highlights, tags, note, related items with reasons. */
export function Aside({ item, highlights, lost, onHighlight, highlighting }: AsideProps) {
  return (
    <div className="flex flex-col gap-5 p-4">
      <Summary item={item} />
      <HighlightList
        itemId={item.id}
        highlights={highlights}
        lost={lost}
        onHighlight={onHighlight}
        highlighting={highlighting}
      />
      <Tags item={item} />
      <ItemNote key={item.id} item={item} />
      <Related id={item.id} />
    </div>
  );
}

function Tags({ item }: { item: ItemDetail }) {
  const words = useWords();
  const change = useChangeItem();
  const [text, setText] = useState("");
  const names = item.tags.map((tag) => tag.name);
  const set = (tags: string[]) => change.mutate({ id: item.id, change: { tags }, said: "items.tagged" });
  return (
    <section>
      <h2 className="mb-1 text-13 text-muted">{words("reader.tags")}</h2>
      <div className="flex flex-wrap gap-1">
        {names.map((name) => (
          <Chip
            key={name}
            onRemove={() => set(names.filter((each) => each !== name))}
            removeLabel={words("reader.removeTag", { tag: name })}
          >
            <Link to="/library" search={{ tag: [name] }} className="text-text no-underline">
              #{name}
            </Link>
          </Chip>
        ))}
      </div>
      <form
        className="mt-2 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!text.trim()) return;
          set([...names, text.trim()]);
          setText("");
        }}
      >
        <TextField
          label={words("reader.addTag")}
          labelHidden
          placeholder={words("reader.addTag")}
          value={text}
          onChange={setText}
          className="flex-1"
        />
      </form>
    </section>
  );
}

function Related({ id }: { id: string }) {
  const words = useWords();
  const related = useRelated(id);
  return (
    <section>
      <h2 className="text-13 text-muted">{words("reader.related")}</h2>
      {related.isError && !related.data ? (
        <Failed
          what={words("reader.related.failed")}
          error={related.error}
          onRetry={() => void related.refetch()}
        />
      ) : null}
      {related.data?.items.length === 0 ? (
        <p className="mt-1 text-13 text-muted">{words("reader.related.none")}</p>
      ) : null}
      <ul className="mt-1 flex flex-col gap-2">
        {related.data?.items.map((other) => (
          <li key={other.item_id}>
            <Link to={`/item/${other.item_id}` as string} dir="auto">
              {other.title}
            </Link>
            <p className="text-12 text-muted" dir="auto">
              {other.reason}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
