import { type MessageId, t } from "@/lib/i18n";
import { en } from "@/lib/messages/en";

/** The words for something that the server names (`purpose.page`); the name itself where this version knows none. */
export function known(
  group: "usage.purpose" | "ledger.purpose" | "ledger.outcome" | "health.part",
  name: string,
): string {
  const id = `${group}.${name.replaceAll(" ", "_")}`;
  return id in en ? t(id as MessageId) : name;
}
