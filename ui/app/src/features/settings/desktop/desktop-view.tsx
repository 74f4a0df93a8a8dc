import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { type DesktopSettings, desktop } from "@/lib/desktop";
import { useWords } from "@/lib/i18n";
import { tellProblem } from "@/lib/undo";
import { Section, Toggle } from "../controls";
import { SettingsFrame } from "../settings-frame";
import { shownAccelerator } from "./accelerator";
import { AcceleratorDialog } from "./accelerator-dialog";

const KEY = ["desktop"];

/** How the desktop app behaves on this computer. Shown in it alone. */
export function DesktopView() {
  const words = useWords();
  const queries = useQueryClient();
  const [changing, setChanging] = useState(false);
  const { data: settings } = useQuery({ queryKey: KEY, queryFn: desktop.settings });
  const change = useMutation({
    mutationFn: (ask: () => Promise<DesktopSettings>) => ask(),
    onSuccess: (told) => queries.setQueryData(KEY, told),
    onError: tellProblem,
  });
  return (
    <SettingsFrame part="desktop">
      {settings ? (
        <>
          <Section title={words("desktop.shortcut")} text={words("desktop.shortcut.text")}>
            <div className="flex items-center gap-3">
              <span className="text-muted">{words("desktop.shortcut.keys")}</span>
              {settings.shortcut === null ? (
                words("desktop.shortcut.none")
              ) : (
                <kbd className="rounded-sm border border-line px-1.5 py-0.5 text-13">
                  {shownAccelerator(settings.shortcut)}
                </kbd>
              )}
              <Button onPress={() => setChanging(true)}>{words("desktop.shortcut.change")}</Button>
            </div>
            <p role="status" className="max-w-prose text-13 text-warn empty:hidden">
              {settings.shortcut_problem ? words(`desktop.shortcut.${settings.shortcut_problem}`) : null}
            </p>
          </Section>
          <Section title={words("desktop.running")}>
            {settings.start_at_login === null ? null : (
              <Toggle
                label={words("desktop.login")}
                hint={words("desktop.login.hint")}
                isOn={settings.start_at_login}
                onChange={(on) => change.mutate(() => desktop.setStartAtLogin(on))}
              />
            )}
            {settings.has_tray ? (
              <Toggle
                label={words("desktop.keep")}
                hint={words("desktop.keep.hint")}
                isOn={settings.keep_running}
                onChange={(on) => change.mutate(() => desktop.setKeepRunning(on))}
              />
            ) : (
              <p className="max-w-prose text-13 text-muted">{words("desktop.keep.noTray")}</p>
            )}
          </Section>
          {changing ? (
            <AcceleratorDialog
              keys={settings.shortcut}
              onKeys={(keys) => {
                change.mutate(() => desktop.setShortcut(keys));
                setChanging(false);
              }}
              onClose={() => setChanging(false)}
            />
          ) : null}
        </>
      ) : null}
    </SettingsFrame>
  );
}
