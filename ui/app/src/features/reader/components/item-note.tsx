import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { connection } from "@/lib/connection";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { useChangeItem } from "@/lib/items";
import type { ItemDetail } from "../api";

/** The note on an item. It is stored when one leaves it; while Cortex is away it is kept, and stored after. */
export function ItemNote({ item }: { item: ItemDetail }) {
  const words = useWords();
  const { mutateAsync } = useChangeItem();
  const { value, set, isChanged, store } = useTyped(`note:${item.id}`, item.note ?? "");
  const field = useRef<HTMLDivElement>(null);
  const { status } = useSyncExternalStore(connection.subscribe, connection.get);
  const sending = useRef<string | null>(null);
  /** What was typed another time and never stored may be older than what is: that is sent by the button alone. */
  const isTyped = useRef(false);

  const save = useCallback(() => {
    if (!isChanged || sending.current === value) return;
    sending.current = value;
    const send = (note: string) => mutateAsync({ id: item.id, change: { note }, said: "reader.note.saved" });
    void store(send).then(() => {
      sending.current = null;
    });
  }, [isChanged, value, mutateAsync, item.id, store]);

  const latest = useRef(save);
  useEffect(() => {
    latest.current = () => {
      if (isTyped.current) save();
    };
  }, [save]);
  // Keys lead away without a blur.
  useEffect(() => () => latest.current(), []);
  const wasAway = useRef(false);
  useEffect(() => {
    if (status === "away") wasAway.current = true;
    else if (wasAway.current) {
      wasAway.current = false;
      if (!field.current?.contains(document.activeElement)) latest.current();
    }
  }, [status]);

  return (
    <section ref={field} className="flex flex-col gap-2">
      <TextField
        label={words("reader.note")}
        placeholder={words("reader.note.placeholder")}
        value={value}
        onChange={(text) => {
          isTyped.current = true;
          set(text);
        }}
        onBlur={() => latest.current()}
        rows={3}
      />
      {isChanged ? (
        <Button className="self-end" onPress={save}>
          {words("action.save")}
        </Button>
      ) : null}
    </section>
  );
}
