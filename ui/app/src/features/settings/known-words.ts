import { type MessageId, t } from "@/lib/i18n";
import { later } from "@/lib/messages/later";

/** The words for something that the server names (`purpose.page`); the name itself where this version knows none. */
export function known(
  group: "usage.purpose" | "ledger.purpose" | "ledger.outcome" | "health.part",
  name: string,
): string {
  const id = `${group}.${name.replaceAll(" ", "_")}`;
  return id in later ? t(id as MessageId) : name;
}
