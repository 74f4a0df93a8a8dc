import { Segments } from "@/components/ui/segments";
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
    <Segments
      label={words("reader.view")}
      value={view}
      options={views.map((value) => ({ value, label: words(`reader.view.${value}`) }))}
      onChange={onView}
      className="me-2 shrink-0"
    />
  );
}
