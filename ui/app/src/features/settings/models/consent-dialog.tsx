import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useWords } from "@/lib/i18n";
import { locale } from "@/lib/locale";
import { useConsent } from "./use-choose";

/** One of the three things that ask: before the first text goes to a place, the owner says yes to that place. */
export function ConsentDialog() {
  const words = useWords();
  const asked = useConsent((state) => state.asked);
  const close = () => useConsent.setState({ asked: null });
  if (asked === null) return null;
  const place = new Intl.ListFormat(locale).format(asked.places);
  return (
    <Dialog title={words("consent.title", { place })} isOpen onClose={close} role="alertdialog">
      <p>{words("consent.text", { place })}</p>
      <ul className="my-3 list-disc ps-5 text-13">
        <li>{words("consent.goes")}</li>
        <li>{words("consent.stays")}</li>
        <li>{words("consent.shown")}</li>
      </ul>
      <div className="flex justify-end gap-2">
        <Button onPress={close} autoFocus>
          {words("consent.refuse")}
        </Button>
        <Button
          kind="primary"
          onPress={() => {
            close();
            asked.allow();
          }}
        >
          {words("consent.allow", { place })}
        </Button>
      </div>
    </Dialog>
  );
}
