import { useWords } from "@/lib/i18n";

/** The headings of an article; each leads to its place. */
export function Outline({ root, onGo }: { root: HTMLElement; onGo: (heading: HTMLElement) => void }) {
  const words = useWords();
  const headings = [...root.querySelectorAll<HTMLElement>("h1, h2, h3, h4")];
  if (headings.length === 0) return <p className="text-13 text-muted">{words("reader.outline.none")}</p>;
  return (
    <ul className="flex flex-col gap-1 text-13">
      {headings.map((heading, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: headings may be equal; their order is what names them
        <li key={index} style={{ paddingInlineStart: `${(Number(heading.tagName[1]) - 1) * 0.75}rem` }}>
          <button
            type="button"
            className="min-h-6 text-start text-muted hover:text-text"
            dir="auto"
            onClick={() => onGo(heading)}
          >
            {heading.textContent}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** To a heading, with the focus. */
export function goToHeading(heading: HTMLElement): void {
  heading.tabIndex = -1;
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}
