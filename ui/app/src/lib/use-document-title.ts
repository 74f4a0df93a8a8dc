import { useEffect } from "react";
import { t } from "./i18n";

/** What the window is called while a view is shown. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
}
