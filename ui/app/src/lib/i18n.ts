/**
 * All words of the interface come from one catalogue, `messages/`: keys are ids, values are ICU messages.
 * Another language is another file of the same shape; the pseudo-locale shows what was forgotten.
 */
import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { useLingui } from "@lingui/react";
import { en } from "./messages/en";
import type { later } from "./messages/later";

export type MessageId = keyof typeof en | keyof typeof later;
export type Values = Record<string, string | number | Date>;

const VOWELS: Record<string, string> = {
  a: "à",
  e: "ë",
  i: "î",
  o: "ö",
  u: "ü",
  A: "Å",
  E: "É",
  I: "Ï",
  O: "Ø",
  U: "Ü",
};

/** A message as no language writes it, a third longer; placeholders and their choices stay as they are. */
export function pseudo(message: string): string {
  let depth = 0;
  let made = "";
  for (const character of message) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    made += depth === 0 ? (VOWELS[character] ?? character) : character;
  }
  return `⟦${made}${"~".repeat(Math.ceil(message.length / 3))}⟧`;
}

export const i18n = setupI18n();
i18n.setMessagesCompiler(compileMessage);

const isStrange = new URLSearchParams(location.search).get("locale") === "pseudo";

/** Let these be said, too. Dates and numbers follow the browser; `?locale=pseudo` is English made strange. */
export function addWords(messages: Record<string, string>): void {
  i18n.load(
    "en",
    isStrange
      ? Object.fromEntries(Object.entries(messages).map(([id, message]) => [id, pseudo(message)]))
      : { ...messages }, // what is loaded first is added to
  );
}
addWords(en);
i18n.activate("en");

/** The words for an id, outside of components. */
export function t(id: MessageId, values?: Values): string {
  return i18n._(id, values);
}

/** The words for ids, in components; they follow a change of the language. */
export function useWords(): (id: MessageId, values?: Values) => string {
  const { i18n: current } = useLingui();
  return (id, values) => current._(id, values);
}
