import { Radio, RadioGroup } from "react-aria-components";
import { useWords } from "@/lib/i18n";
import type { Shown } from "../views";

/** As clean text, as the page looked, or page by page. */
export function ViewSwitch({
  views,
  view,
  onView,
}: {
  views: Shown[];
  view: Shown;
  onView: (view: Shown) => void;
}) {
  const words = useWords();
  if (views.length < 2) return null;
  return (
    <RadioGroup
      aria-label={words("reader.view")}
      orientation="horizontal"
      value={view}
      onChange={(value) => onView(value as Shown)}
      className="me-2 flex shrink-0 rounded-sm border border-line bg-surface p-0.5"
    >
      {views.map((each) => (
        <Radio
          key={each}
          value={each}
          className="rounded-sm px-2 py-1 text-13 text-muted data-[focus-visible]:outline-2 data-[selected]:bg-selected data-[selected]:text-text"
        >
          {words(`reader.view.${each}`)}
        </Radio>
      ))}
    </RadioGroup>
  );
}
