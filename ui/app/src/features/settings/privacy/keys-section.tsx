import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { ErrorState } from "@/components/ui/states";
import { fromNow, shortDate } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { useNotices } from "@/lib/undo";
import { Section } from "../controls";
import { type KeyScope, useCreateKey, useKeys, useRevokeKey } from "./access";

const SCOPES: KeyScope[] = ["capture", "companion", "read", "write", "owner"];

/** Keys for other programs. A new one is shown once. */
export function KeysSection() {
  const words = useWords();
  const keys = useKeys();
  const create = useCreateKey();
  const revoke = useRevokeKey();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<KeyScope>("read");
  return (
    <Section title={words("keys.title")} text={words("keys.text")}>
      {keys.isError ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      {keys.data && keys.data.items.length > 0 ? (
        <ul>
          {keys.data.items.map((key) => (
            <li key={key.id} className="flex items-center gap-3 border-b border-line py-2">
              <span className="min-w-0 flex-1">
                {key.name}
                <span className="block text-12 text-muted">
                  {[
                    words(`keys.scope.${key.scope}`),
                    words("keys.made", { when: shortDate(key.created_at) }),
                    key.last_used_at
                      ? words("keys.used", { when: fromNow(key.last_used_at) })
                      : words("keys.unused"),
                  ].join(" · ")}
                </span>
              </span>
              <Button
                onPress={() => revoke.mutate(key.id)}
                aria-label={words("keys.revoke.of", { name: key.name })}
              >
                {words("keys.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) create.mutate({ name: name.trim(), scope }, { onSuccess: () => setName("") });
        }}
      >
        <TextField
          label={words("keys.name")}
          placeholder={words("keys.name.example")}
          value={name}
          onChange={setName}
          maxLength={100}
          className="w-56"
        />
        <Select
          label={words("keys.scope")}
          value={scope}
          onChange={setScope}
          options={SCOPES.map((each) => ({
            value: each,
            label: words(`keys.scope.${each}`),
            detail: words(`keys.scope.${each}.detail`),
          }))}
        />
        <Button type="submit" isDisabled={!name.trim() || create.isPending}>
          {words("keys.create")}
        </Button>
      </form>
      {create.data ? (
        <NewKey name={create.data.name} value={create.data.key} onClose={() => create.reset()} />
      ) : null}
    </Section>
  );
}

function NewKey({ name, value, onClose }: { name: string; value: string; onClose: () => void }) {
  const words = useWords();
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    useNotices.getState().tell(words("keys.copied"));
  };
  return (
    <Dialog title={words("keys.new", { name })} isOpen onClose={onClose}>
      <p>{words("keys.once")}</p>
      <div className="my-3 flex items-end gap-2">
        <TextField label={words("keys.key")} value={value} isReadOnly className="flex-1 font-mono" />
        <Button icon={Copy} onPress={() => void copy()}>
          {words("keys.copy")}
        </Button>
      </div>
      <p className="text-13 text-muted">{words("keys.use")}</p>
      <pre className="mt-1 overflow-x-auto rounded-sm border border-line p-2 text-12">
        Authorization: Bearer {words("keys.placeholder")}
      </pre>
      <div className="mt-4 flex justify-end">
        <Button kind="primary" onPress={onClose}>
          {words("keys.done")}
        </Button>
      </div>
    </Dialog>
  );
}
