import { SettingsFrame } from "../settings-frame";
import { KeysSection } from "./keys-section";
import { LedgerSection } from "./ledger-section";
import { SessionsSection } from "./sessions-section";

/** What left this machine, and who may come in. */
export function PrivacyView() {
  return (
    <SettingsFrame part="privacy">
      <LedgerSection />
      <SessionsSection />
      <KeysSection />
    </SettingsFrame>
  );
}
