import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { count } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { useQueue } from "@/lib/queue";
import { Facts, Section } from "./controls";
import { DigestSection } from "./digest-section";
import { type ServerSettings, useChangeSettings, useServerSettings } from "./server-settings";
import { SettingsFrame } from "./settings-frame";

const LONGEST_DAYS = 3650;

/** Where the library lies, how much there is, and how long the trash keeps. */
export function StorageView() {
  const settings = useServerSettings();
  return (
    <SettingsFrame part="data">
      {settings.isPending ? (
        <Loading>
          <Skeleton lines={5} />
        </Loading>
      ) : null}
      {settings.isError ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : null}
      {settings.data ? <Data settings={settings.data} /> : null}
    </SettingsFrame>
  );
}

function Data({ settings }: { settings: ServerSettings }) {
  const words = useWords();
  const items = useCount(false);
  const trashed = useCount(true);
  const queue = useQueue();
  const open = (queue.data?.pending ?? 0) + (queue.data?.processing ?? 0);
  return (
    <>
      <Section title={words("data.library")}>
        <Facts
          facts={[
            [words("data.place"), <code key="place">{settings.data_dir}</code>],
            [
              words("library.title"),
              <Link key="items" to="/library">
                {items === undefined ? "…" : words("library.count", { count: items })}
              </Link>,
            ],
            [
              words("library.trash"),
              <Link key="trash" to="/library/trash">
                {trashed === undefined ? "…" : words("library.count", { count: trashed })}
              </Link>,
            ],
            [
              words("activity.title"),
              <Link key="queue" to="/activity">
                {queue.data?.paused ? words("nav.paused") : words("nav.queue", { pending: open })}
              </Link>,
            ],
            [words("data.parallel"), count(settings.max_concurrent_processing)],
          ]}
        />
      </Section>
      <DigestSection settings={settings} />
      <TrashDays key={settings.trash_days} days={settings.trash_days} />
    </>
  );
}

function TrashDays({ days: stored }: { days: number }) {
  const words = useWords();
  const change = useChangeSettings();
  const [text, setText] = useState(String(stored));
  const days = Number(text);
  const isValid = Number.isInteger(days) && days >= 1 && days <= LONGEST_DAYS;
  return (
    <Section title={words("library.trash")} text={words("data.trash.text")}>
      <form
        className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid && days !== stored) change.mutate({ trash_days: days });
        }}
      >
        <TextField
          label={words("data.trash.days")}
          inputMode="numeric"
          value={text}
          onChange={setText}
          error={isValid ? undefined : words("data.trash.range", { most: LONGEST_DAYS })}
          className="w-40"
        />
        <Button
          type="submit"
          className="mt-[1.45rem]"
          isDisabled={!isValid || days === stored || change.isPending}
        >
          {words("action.save")}
        </Button>
      </form>
    </Section>
  );
}

function useCount(trashed: boolean): number | undefined {
  return useQuery({
    queryKey: ["items", "count", trashed],
    queryFn: async () =>
      (await unwrap(api.GET("/api/items", { params: { query: { limit: 1, trashed } } }))).total,
  }).data;
}
