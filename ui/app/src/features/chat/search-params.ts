/** What the address of a chat holds: the source that is open beside it, and what a new conversation is about. */
export interface ChatSearch {
  /** `<message id>.<n>`. */
  source?: string;
  /** `item:…,tag:…,collection:…`, for a conversation that has not begun. */
  scope?: string;
}

const SOURCE = /^(.+)\.(\d{1,3})$/;

export function readChatSearch(given: Record<string, unknown>): ChatSearch {
  return {
    ...(SOURCE.test(String(given.source)) ? { source: String(given.source) } : {}),
    ...(typeof given.scope === "string" && given.scope !== "" ? { scope: given.scope } : {}),
  };
}

export function sourceOf(source: string | undefined): { messageId: string; n: number } | null {
  const [, messageId, n] = SOURCE.exec(source ?? "") ?? [];
  return messageId === undefined ? null : { messageId, n: Number(n) };
}
