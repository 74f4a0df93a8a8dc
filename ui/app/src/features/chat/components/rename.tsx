import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { type Conversation, useConversationWrite } from "../api/use-conversations";

export function Rename({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const words = useWords();
  const write = useConversationWrite();
  const draft = useTyped(`conversation:${conversation.id}`, conversation.title);
  return (
    <Dialog title={words("chat.rename.title")} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const sent = draft.value;
          if (!sent.trim()) return;
          const rename = {
            kind: "rename",
            id: conversation.id,
            title: sent.trim(),
            said: "chat.renamed",
          } as const;
          write.mutateAsync(rename, { onSuccess: onClose }).then(
            () => draft.forget(sent),
            () => undefined, // said by the mutation; the words are still here
          );
        }}
      >
        <TextField label={words("chat.rename.label")} value={draft.value} onChange={draft.set} autoFocus />
        <Button kind="primary" type="submit" className="self-end">
          {words("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
