/** The headings of an article; each leads to its place. */
export function Outline({ root }: { root: HTMLElement }) {
  const headings = [...root.querySelectorAll<HTMLElement>("h1, h2, h3, h4")];
  return (
    <ul className="flex flex-col gap-1 text-13">
      {headings.map((heading, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: headings may be equal; their order is what names them
        <li key={index} style={{ paddingInlineStart: `${(Number(heading.tagName[1]) - 1) * 0.75}rem` }}>
          <button
            type="button"
            className="text-start text-muted hover:text-text"
            dir="auto"
            onClick={() => {
              heading.tabIndex = -1;
              heading.scrollIntoView({ block: "start" });
              heading.focus({ preventScroll: true });
            }}
          >
            {heading.textContent}
          </button>
        </li>
      ))}
    </ul>
  );
}
