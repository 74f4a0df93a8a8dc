import { Link } from "@tanstack/react-router";
import { Pencil, Trash2 } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { type Tag, useOrganise } from "../api";

/** A tag with its counts. */
export function TagRow({ tag, onRename }: { tag: Tag; onRename: () => void }) {
  const words = useWords();
  const organise = useOrganise();
  return (
    <div className="flex items-center gap-3">
      <Link to="/library" search={{ tag: [tag.name] }} className="min-w-0 flex-1 truncate" dir="auto">
        #{tag.name}
      </Link>
      <span className="text-12 text-muted tabular-nums">
        {words("organise.tag.count", { count: tag.count })}
        <span className="max-medium:hidden">
          {" · "}
          {words("organise.tag.byUser", { count: tag.by_user })}
        </span>
      </span>
      <IconButton icon={Pencil} label={words("organise.tag.rename", { name: tag.name })} onPress={onRename} />
      <IconButton
        icon={Trash2}
        label={words("organise.tag.delete", { name: tag.name })}
        onPress={() => organise.mutate({ kind: "delete tag", name: tag.name, said: "organise.tag.deleted" })}
      />
    </div>
  );
}
