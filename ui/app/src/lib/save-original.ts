import { send } from "./api";
import { isDesktop } from "./desktop";
import { download } from "./download";
import { problemOf } from "./problem";
import { tellProblem } from "./undo";

/** Save the file of an item as it was stored: where the browser saves things, or where the app's dialog says. */
export async function saveOriginal(itemId: string): Promise<void> {
  const path = `/api/items/${itemId}/original`;
  if (!isDesktop) {
    globalThis.open(path, "_blank", "noopener");
    return;
  }
  // The app's downloads leave out the cookie that opens files: the page fetches it, signed in as it is.
  try {
    const response = await send(new Request(path));
    if (!response.ok) throw problemOf(response, await response.json());
    const file = await response.blob();
    download(nameIn(response.headers.get("Content-Disposition")) ?? itemId, file.type, file);
  } catch (error) {
    tellProblem(error);
  }
}

/** The name of a file in the header that says how to save it. */
export function nameIn(disposition: string | null): string | undefined {
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (coded !== undefined) return decodeURIComponent(coded);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1];
}
