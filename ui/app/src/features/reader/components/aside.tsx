import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { useChangeItem } from "@/lib/items";
import { type Highlight, type ItemDetail, useHighlightWrite, useRelated } from "../api";

interface AsideProps {
  item: ItemDetail;
  highlights: Highlight[];
  lost: Highlight[];
  onHighlight: (id: string) => void;
}

/** What belongs to the item: summary and who wrote it, highlights, tags, note, related items with reasons. */
export function Aside({ item, highlights, lost, onHighlight }: AsideProps) {
  const words = useWords();
  return (
    <div className="flex flex-col gap-5 p-4">
      {item.summary ? (
        <section>
          <h2 className="text-13 text-muted">{words("reader.summary")}</h2>
          <p className="mt-1" dir="auto">
            {item.summary}
          </p>
          {item.key_points.length > 0 ? (
            <ul className="mt-2 list-disc ps-4" dir="auto">
              {item.key_points.map((point) => (
                <li key={point}>{point}</li>
              ))}
            </ul>
          ) : null}
          <p className="mt-1 text-12 text-muted">
            {item.summary_by === "extractive" || item.summary_by === null
              ? words("reader.summary.extractive")
              : words("reader.summary.by", { model: item.summary_by })}
          </p>
        </section>
      ) : null}
      <Highlights itemId={item.id} highlights={highlights} lost={lost} onHighlight={onHighlight} />
      <Tags item={item} />
      <Note key={item.id} item={item} />
      <Related id={item.id} />
    </div>
  );
}

function Highlights({
  itemId,
  highlights,
  lost,
  onHighlight,
}: Omit<AsideProps, "item"> & { itemId: string }) {
  const words = useWords();
  const write = useHighlightWrite(itemId);
  return (
    <section>
      <h2 className="text-13 text-muted">{words("reader.highlights")}</h2>
      {highlights.length === 0 ? (
        <p className="mt-1 text-13 text-muted">{words("reader.highlights.none")}</p>
      ) : null}
      <ul className="mt-1 flex flex-col gap-1">
        {highlights.map((highlight) => (
          <li key={highlight.id} className="group flex items-start gap-1">
            <button
              type="button"
              onClick={() => onHighlight(highlight.id)}
              className="reading-highlight min-w-0 flex-1 rounded-sm px-1.5 py-1 text-start text-13"
              data-colour={highlight.colour}
              dir="auto"
            >
              <span className="line-clamp-3">{highlight.quote}</span>
              {highlight.note ? <span className="mt-0.5 block text-12">{highlight.note}</span> : null}
              {lost.some((each) => each.id === highlight.id) ? (
                <span className="mt-0.5 block text-12 text-warn">{words("reader.highlights.lost")}</span>
              ) : null}
            </button>
            <IconButton
              icon={Trash2}
              label={words("reader.highlight.remove")}
              onPress={() => write.mutate({ kind: "remove", id: highlight.id })}
            />
          </li>
        ))}
      </ul>
    </section>
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

function Note({ item }: { item: ItemDetail }) {
  const words = useWords();
  const change = useChangeItem();
  const [note, setNote] = useState(item.note ?? "");
  const changed = note !== (item.note ?? "");
  return (
    <section className="flex flex-col gap-2">
      <TextField
        label={words("reader.note")}
        placeholder={words("reader.note.placeholder")}
        value={note}
        onChange={setNote}
        rows={3}
      />
      {changed ? (
        <Button
          className="self-end"
          onPress={() => change.mutate({ id: item.id, change: { note }, said: "reader.note.saved" })}
        >
          {words("action.save")}
        </Button>
      ) : null}
    </section>
  );
}

function Related({ id }: { id: string }) {
  const words = useWords();
  const related = useRelated(id);
  return (
    <section>
      <h2 className="text-13 text-muted">{words("reader.related")}</h2>
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
