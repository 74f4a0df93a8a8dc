import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { usePreferences } from "@/lib/preferences";
import { useDocumentTitle } from "@/lib/use-document-title";
import { ModelsStep } from "./models-step";
import { SaveStep } from "./save-step";
import { STEPS } from "./steps";

const route = getRouteApi("/welcome");

/** The first start: two steps, each of which can be skipped. */
export function WelcomeView() {
  const words = useWords();
  const { step = "save" } = route.useSearch();
  const navigate = useNavigate();
  const heading = useRef<HTMLHeadingElement>(null);
  useDocumentTitle(words("welcome.title"));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins at its heading
  useEffect(() => heading.current?.focus(), [step]);
  const finish = () => {
    usePreferences.setState({ welcomed: true });
    void navigate({ to: "/library" });
  };
  const next = () => void navigate({ to: "/welcome", search: { step: "models" } });
  const back = () => void navigate({ to: "/welcome" });
  const isLast = step === STEPS.at(-1);
  return (
    <section className="mx-auto flex max-w-2xl flex-col gap-4 p-4 medium:py-10">
      <div>
        <p className="text-13 text-muted">
          {words("welcome.step", { at: STEPS.indexOf(step) + 1, of: STEPS.length })}
        </p>
        <h1 ref={heading} tabIndex={-1} className="text-26 outline-none">
          {words(step === "save" ? "welcome.save" : "welcome.models")}
        </h1>
        <p className="max-w-prose text-muted">
          {words(step === "save" ? "welcome.save.text" : "welcome.models.text")}
        </p>
      </div>
      {step === "save" ? <SaveStep onDone={next} /> : <ModelsStep />}
      <footer className="flex flex-wrap justify-between gap-2 border-t border-line pt-4">
        <Button kind="quiet" onPress={isLast ? back : finish}>
          {words(isLast ? "welcome.back" : "welcome.skipAll")}
        </Button>
        <Button kind={isLast ? "primary" : "plain"} onPress={isLast ? finish : next}>
          {words(isLast ? "welcome.finish" : "welcome.next")}
        </Button>
      </footer>
    </section>
  );
}
