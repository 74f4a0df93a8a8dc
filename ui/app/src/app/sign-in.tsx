import { useWords } from "@/lib/i18n";

/** How to open Cortex with its token: shown without a session, also from an old bookmark. */
export function SignIn() {
  const words = useWords();
  return (
    <main className="mx-auto flex h-full max-w-md flex-col justify-center gap-3 p-6">
      <h1 className="text-26">{words("signin.title")}</h1>
      <p>{words("signin.text")}</p>
      <pre className="rounded-md border border-line bg-surface p-3 text-14">cortex open</pre>
      <p className="text-muted">{words("signin.after")}</p>
    </main>
  );
}
