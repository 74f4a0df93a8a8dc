import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import type { AiChange, AiSettings } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { Section } from "../controls";
import { useCloudDraft } from "./cloud-draft";
import { remoteHost } from "./places";
import { Test } from "./test";
import { useChoose } from "./use-choose";

/** A cloud model, or that of a server of one's own. Keys are written, never read back. */
export function CloudSection({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const { wanted, want } = useCloudDraft();
  const { choose, isPending } = useChoose(settings);
  const { cloud } = settings;
  const [model, setModel] = useState(cloud.model ?? "");
  const [apiBase, setApiBase] = useState(cloud.api_base ?? "");
  const [key, setKey] = useState("");
  const isUsed = ["cloud", "openai", "hybrid"].includes(settings.provider);
  if (wanted === null && !isUsed && cloud.model === null) return null;
  const isSamePlace = model === (cloud.model ?? "") && apiBase === (cloud.api_base ?? "");
  const change: AiChange = {
    ...(wanted ? { provider: wanted } : {}),
    cloud: { model: model || null, api_base: apiBase || null, ...(key ? { api_key: key } : {}) },
  };
  const host = remoteHost(model, apiBase || null);
  return (
    <Section title={words("models.cloud")} text={words("models.cloud.text")}>
      <form
        className="flex max-w-lg flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          choose(change, "models.saved", () => {
            want(null);
            setKey("");
          });
        }}
      >
        <TextField
          label={words("models.cloud.model")}
          hint={words("models.cloud.model.hint")}
          value={model}
          onChange={setModel}
          isRequired={isUsed || wanted !== null}
          spellCheck="false"
        />
        <TextField
          label={words("models.cloud.address")}
          hint={words("models.cloud.address.hint")}
          placeholder="http://127.0.0.1:1234/v1"
          value={apiBase}
          onChange={setApiBase}
          spellCheck="false"
        />
        <TextField
          label={words("models.cloud.key")}
          hint={words(
            isSamePlace && cloud.api_key === "set" ? "models.cloud.key.set" : "models.cloud.key.unset",
          )}
          type="password"
          autoComplete="off"
          value={key}
          onChange={setKey}
        />
        <p className="text-13 text-muted" role="status">
          {model ? (host ? words("models.cloud.goes", { host }) : words("models.cloud.here")) : ""}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            kind="primary"
            isDisabled={isPending || (model === "" && (isUsed || wanted !== null))}
          >
            {words("action.save")}
          </Button>
          {cloud.api_key === "set" ? (
            <Button onPress={() => choose({ cloud: { api_key: null } }, "models.cloud.key.forgotten")}>
              {words("models.cloud.key.forget")}
            </Button>
          ) : null}
        </div>
      </form>
      {model ? <Test change={{ cloud: change.cloud ?? null }} label={words("models.cloud.test")} /> : null}
    </Section>
  );
}
