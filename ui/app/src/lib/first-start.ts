import { api, unwrap } from "./api";
import { usePreferences } from "./preferences";
import { isSignedIn } from "./session";

/** Whether nobody was welcomed in this browser yet, and nothing is in the library. */
export async function isFirstStart(): Promise<boolean> {
  if (!isSignedIn() || usePreferences.getState().welcomed) return false;
  try {
    const { total } = await unwrap(api.GET("/api/items", { params: { query: { limit: 1 } } }));
    return total === 0;
  } catch {
    return false; // the library says what is wrong
  }
}
