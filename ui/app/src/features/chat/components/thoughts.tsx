import { useWords } from "@/lib/i18n";

/** What the model thought aloud: apart from the answer, and closed. */
export function Thoughts({ text }: { text: string }) {
  const words = useWords();
  if (text === "") return null;
  return (
    <details className="text-13 text-muted">
      <summary className="w-fit cursor-default rounded-sm">{words("chat.thoughts")}</summary>
      <p className="mt-1 border-s-2 border-line ps-3 whitespace-pre-wrap" dir="auto">
        {text}
      </p>
    </details>
  );
}
