import type { Schemas } from "@cortex/api-client";
import { useMutation } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { AiChange } from "@/lib/ai";
import { api, unwrap } from "@/lib/api";
import { count } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";

type Tried = Schemas["AISettingsTried"];

/** Try models as they would be after a change: connect, say a few words. Nothing of the library is sent or stored. */
export function Test({ change, label }: { change: AiChange; label?: string }) {
  const words = useWords();
  const trial = useMutation({
    mutationFn: () => unwrap(api.POST("/api/settings/ai/test", { body: change })),
  });
  return (
    <div className="flex flex-col items-start gap-2">
      <Button icon={FlaskConical} isDisabled={trial.isPending} onPress={() => trial.mutate()}>
        {label ?? words("models.test")}
      </Button>
      <div role="status" className="max-w-prose text-13">
        {trial.isPending ? <p className="text-muted">{words("models.test.running")}</p> : null}
        {trial.isError ? <p className="text-danger">{asProblem(trial.error).message}</p> : null}
        {trial.data && !trial.isPending ? <Answer tried={trial.data} /> : null}
      </div>
    </div>
  );
}

function Answer({ tried }: { tried: Tried }) {
  const words = useWords();
  const seconds = tried.milliseconds === null ? null : Math.round(tried.milliseconds / 100) / 10;
  if (tried.error !== null) {
    return (
      <>
        <p className="text-danger">
          {words("models.test.failed", { reason: tried.error.replaceAll("`", "") })}
        </p>
        {tried.advice ? <p>{tried.advice}</p> : null}
      </>
    );
  }
  if (tried.model === null) return <p>{tried.advice ?? words("models.extractive")}</p>;
  const facts = [
    seconds === null ? null : words("models.test.seconds", { seconds }),
    tried.tokens_per_second === null
      ? null
      : words("models.test.speed", { speed: Math.round(tried.tokens_per_second) }),
    tried.capabilities
      ? words("models.test.context", { tokens: count(tried.capabilities.context_tokens) })
      : null,
    tried.capabilities ? words(tried.capabilities.tools ? "models.tools" : "models.noTools") : null,
  ].filter((fact) => fact !== null);
  return (
    <>
      <p className="text-ok">
        {words(tried.local ? "models.test.works" : "models.test.worksAway", {
          model: tried.model,
          place: tried.place ?? "",
        })}
      </p>
      {tried.sample ? (
        <blockquote className="border-s-2 border-line ps-2" dir="auto">
          {tried.sample}
        </blockquote>
      ) : null}
      <p className="text-muted">{facts.join(" · ")}</p>
      {tried.advice ? <p>{tried.advice}</p> : null}
    </>
  );
}
