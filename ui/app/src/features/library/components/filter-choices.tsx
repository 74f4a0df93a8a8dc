import { useState } from "react";
import { Button, ToggleButton } from "react-aria-components";
import { TextField } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/states";
import { count } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import { useFacets } from "../api/use-items";
import { STATUSES } from "../filters";
import type { FilterMenuProps } from "./filter-menu";
import { monthName } from "./library-header";

const SHOWN = 12;
const FOUND = 50;
/** What is shown of the library is ready nearly always: what is not is looked for. */
const LOOKED_FOR = STATUSES.filter((status) => status !== "ready");

/** The trash is shown with what was archived before. */
const MARKS = ["unread", "favourite", "archived"] as const;

interface Choice {
  value: string;
  text: string;
  count?: number;
}

/** Marks and states to filter by, and what occurs in the list, with counts within what is shown. */
export function FilterChoices({ search, trashed, onSearch }: FilterMenuProps) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const facets = useFacets(search, trashed, true);
  const group = (
    name: "kind" | "tag" | "site" | "collection" | "month",
    text: (value: string, label?: string | null) => string,
  ): Choice[] =>
    (facets.data?.[name] ?? []).map((facet) => ({
      value: facet.value,
      text: text(facet.value, facet.label),
      count: facet.count,
    }));
  const groups: [string, MessageId, Choice[]][] = [
    ["kind", "library.filter.kind", group("kind", (value) => words(`library.kind.${value}` as MessageId))],
    [
      "status",
      "library.filter.status",
      LOOKED_FOR.map((value) => ({ value, text: words(`library.status.${value}`) })),
    ],
    ["tag", "library.filter.tag", group("tag", (value) => `#${value}`)],
    ["site", "library.filter.site", group("site", (value) => value)],
    ["in", "library.filter.collection", group("collection", (value, label) => label ?? value)],
    ["month", "library.filter.month", group("month", monthName)],
  ];
  const wanted = typed.trim().toLowerCase();
  const isAny = groups.some(([, , choices]) => choices.some((choice) => fits(choice, wanted)));
  const choose = (name: string, value: string) =>
    onSearch(
      name === "tag"
        ? { tag: [...(search.tag ?? []).filter((each) => each !== value), value] }
        : { [name]: value },
    );
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {MARKS.filter((name) => name !== "archived" || !trashed).map((name) => (
          <ToggleButton
            key={name}
            isSelected={search[name] ?? false}
            onChange={(on) => onSearch({ [name]: on ? true : undefined })}
            className="min-h-8 rounded-full border border-control px-3 text-13 data-[selected]:border-accent data-[selected]:bg-selected"
          >
            {words(`library.filter.${name}`)}
          </ToggleButton>
        ))}
        <div className="min-w-48 flex-1">
          <TextField
            label={words("library.filter.find")}
            labelHidden
            placeholder={words("library.filter.find")}
            value={typed}
            onChange={setTyped}
          />
        </div>
      </div>
      {facets.data ? (
        <div className="max-h-[55vh] overflow-auto">
          <div className="columns-[12rem] gap-4">
            {groups.map(([name, label, choices]) => (
              <Group
                key={name}
                label={words(label)}
                choices={choices}
                typed={wanted}
                onChoose={(value) => choose(name, value)}
              />
            ))}
          </div>
          {isAny ? null : <p className="px-1.5 text-muted">{words("library.filter.none")}</p>}
        </div>
      ) : (
        <Skeleton lines={6} />
      )}
    </>
  );
}

function fits({ text }: Choice, typed: string): boolean {
  return text.toLowerCase().includes(typed);
}

interface GroupProps {
  label: string;
  choices: Choice[];
  typed: string;
  onChoose: (value: string) => void;
}

function Group({ label, choices, typed, onChoose }: GroupProps) {
  const words = useWords();
  const fitting = choices.filter((choice) => fits(choice, typed));
  if (fitting.length === 0) return null;
  const shown = fitting.slice(0, typed ? FOUND : SHOWN);
  return (
    <section className="mb-4 break-inside-avoid">
      <h3 className="mb-1 px-1.5 text-13 text-muted">{label}</h3>
      <ul>
        {shown.map(({ value, text, count: times }) => (
          <li key={value}>
            <Button
              onPress={() => onChoose(value)}
              className="flex min-h-7 w-full items-center gap-2 rounded-sm px-1.5 text-14 focus-visible:-outline-offset-2 data-[hovered]:bg-selected"
            >
              <span className="min-w-0 flex-1 truncate text-start" dir="auto">
                {text}
              </span>
              {times === undefined ? null : (
                <span className="text-12 text-muted tabular-nums">{count(times)}</span>
              )}
            </Button>
          </li>
        ))}
      </ul>
      {fitting.length > shown.length ? (
        <p className="px-1.5 text-12 text-muted">
          {words("library.filter.more", { count: fitting.length - shown.length })}
        </p>
      ) : null}
    </section>
  );
}
