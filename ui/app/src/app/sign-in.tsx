import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { desktop, isDesktop } from "@/lib/desktop";
import { useWords } from "@/lib/i18n";

/** How to open Cortex with its token: shown without a session, also from an old bookmark. */
export function SignIn() {
  const words = useWords();
  return (
    <main className="mx-auto flex h-full max-w-md flex-col justify-center gap-3 p-6">
      <h1 className="text-26">{words("signin.title")}</h1>
      {isDesktop ? (
        <InDesktop />
      ) : (
        <>
          <p>{words("signin.text")}</p>
          <pre className="rounded-md border border-line bg-surface p-3 text-14">cortex open</pre>
          <p className="text-muted">{words("signin.after")}</p>
        </>
      )}
    </main>
  );
}

const ASKED_KEY = "cortex-asked-to-sign-in";
/** A sign-in that leads back here is not tried again and again. */
const ASKED_AGAIN_MS = 60_000;

/** The app signs its windows in itself: at once, and when it is asked. */
function InDesktop() {
  const words = useWords();
  const [problem, setProblem] = useState<string | null>(null);
  const signIn = () => {
    setProblem(null);
    desktop.signIn().catch((reason: unknown) => setProblem(String(reason)));
  };
  useEffect(() => {
    const last = Number(sessionStorage.getItem(ASKED_KEY) ?? 0);
    if (Date.now() - last < ASKED_AGAIN_MS) return;
    sessionStorage.setItem(ASKED_KEY, String(Date.now()));
    desktop.signIn().catch((reason: unknown) => setProblem(String(reason)));
  }, []);
  return (
    <>
      <p>{words("desktop.signin")}</p>
      <div>
        <Button kind="primary" onPress={signIn}>
          {words("desktop.signin.do")}
        </Button>
      </div>
      <p role="status" className="text-danger">
        {problem}
      </p>
    </>
  );
}
