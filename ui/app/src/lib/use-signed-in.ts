import { useSyncExternalStore } from "react";
import { isSignedIn, subscribeToSession } from "./session";

/** Whether this browser has a session, as far as it knows. */
export function useSignedIn(): boolean {
  return useSyncExternalStore(subscribeToSession, isSignedIn);
}
