import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { api, unwrapWrite } from "@/lib/api";
import { useTyped } from "@/lib/drafts";
import { t, useWords } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";
import { useSavedSearches } from "../api/use-search";
import type { Mode } from "../search-params";

export function SavedSearches({ onOpen }: { onOpen: (query: string, mode: Mode) => void }) {
  const words = useWords();
  const queries = useQueryClient();
  const saved = useSavedSearches();
  const remove = useMutation({
    mutationFn: (id: string) =>
      unwrapWrite(api.DELETE("/api/searches/{search_id}", { params: { path: { search_id: id } } })),
    onSuccess: ({ undoId }) => {
      useNotices.getState().tell(t("search.saved.deleted"), { undoId });
      void queries.invalidateQueries({ queryKey: ["searches"] });
    },
    onError: tellProblem,
  });
  if (!saved.data?.items.length) return null;
  return (
    <section className="px-4 pt-4">
      <h2 className="mb-1 text-13 text-muted">{words("search.saved")}</h2>
      <ul className="flex flex-wrap gap-1">
        {saved.data.items.map((each) => (
          <li
            key={each.id}
            className="inline-flex items-center rounded-full border border-line bg-surface ps-1"
          >
            <Button
              kind="quiet"
              className="min-h-7 px-2"
              onPress={() => onOpen(each.request.query, each.request.mode ?? "auto")}
            >
              {each.name}
            </Button>
            <IconButton
              icon={X}
              label={words("search.saved.delete", { name: each.name })}
              onPress={() => remove.mutate(each.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function SaveSearch({ query, mode }: { query: string; mode: Mode }) {
  const words = useWords();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const draft = useTyped(`search:${query}`, query);
  const save = useMutation({
    mutationFn: (name: string) =>
      unwrapWrite(api.POST("/api/searches", { body: { name, request: { query, mode } } })),
    onSuccess: ({ undoId }) => {
      useNotices.getState().tell(t("search.saved.done"), { undoId });
      void queries.invalidateQueries({ queryKey: ["searches"] });
    },
    onError: tellProblem,
  });
  return (
    <>
      <IconButton icon={BookmarkPlus} label={words("search.save")} onPress={() => setOpen(true)} />
      <Dialog title={words("search.save")} isOpen={isOpen} onClose={() => setOpen(false)}>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            const name = draft.value;
            if (!name.trim()) return;
            save.mutateAsync(name, { onSuccess: () => setOpen(false) }).then(
              () => draft.forget(name),
              () => undefined, // said by the mutation; the words are still here
            );
          }}
        >
          <TextField label={words("search.save.name")} value={draft.value} onChange={draft.set} autoFocus />
          <Button kind="primary" type="submit" className="self-end">
            {words("action.save")}
          </Button>
        </form>
      </Dialog>
    </>
  );
}
