import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, X } from "lucide-react";
import { useState } from "react";
import { DraftDialog } from "@/components/draft-dialog";
import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { api, unwrapWrite } from "@/lib/api";
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
  const { mutateAsync } = useMutation({
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
      {isOpen ? (
        <DraftDialog
          title={words("search.save")}
          draft={`search:${query}`}
          stored={query}
          isComplete={(name) => name.trim() !== ""}
          onSave={mutateAsync}
          onClose={() => setOpen(false)}
        >
          {(name, set) => (
            <TextField label={words("search.save.name")} value={name} onChange={set} autoFocus />
          )}
        </DraftDialog>
      ) : null}
    </>
  );
}
