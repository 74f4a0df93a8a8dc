import { DraftDialog } from "@/components/draft-dialog";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { type Conversation, useConversationWrite } from "../api/use-conversations";

export function Rename({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const words = useWords();
  const { mutateAsync } = useConversationWrite();
  const { id } = conversation;
  return (
    <DraftDialog
      title={words("chat.rename.title")}
      draft={`conversation:${id}`}
      stored={conversation.title}
      isComplete={(title) => title.trim() !== ""}
      onSave={(title) => mutateAsync({ kind: "rename", id, title: title.trim(), said: "chat.renamed" })}
      onClose={onClose}
    >
      {(title, set) => (
        <TextField label={words("chat.rename.label")} value={title} onChange={set} autoFocus />
      )}
    </DraftDialog>
  );
}
