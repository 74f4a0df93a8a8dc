import { Download } from "lucide-react";
import type { MenuEntry } from "@/components/ui/menu";
import { exportHighlights, FORMATS, type HighlightFilter } from "@/lib/highlights";
import { useWords } from "@/lib/i18n";

/** The forms that highlights can be exported in, for a menu. */
export function useExportEntries(filter: HighlightFilter): MenuEntry[] {
  const words = useWords();
  return FORMATS.map((format) => ({
    id: format,
    icon: Download,
    label: words(`highlights.export.${format}`),
    run: () => void exportHighlights(format, filter),
  }));
}
