/** What the pages of the settings are made of. */
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Checkbox, Label, Radio, RadioGroup } from "react-aria-components";

/** A part of a page under its own heading. */
export function Section({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-8">
      <h2 id={id} className="text-16">
        {title}
      </h2>
      {text ? <p className="mt-0.5 max-w-prose text-13 text-muted">{text}</p> : null}
      <div className="mt-3 flex flex-col gap-3">{children}</div>
    </section>
  );
}

interface ToggleProps {
  label: string;
  hint?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** On or off, with what it means. */
export function Toggle({ label, hint, isOn, onChange }: ToggleProps) {
  const hintId = useId();
  return (
    <div>
      <Checkbox
        isSelected={isOn}
        onChange={onChange}
        {...(hint ? { "aria-describedby": hintId } : {})}
        className="group inline-flex min-h-6 items-center gap-2 rounded-sm"
      >
        <span
          aria-hidden
          className="flex size-4 shrink-0 items-center justify-center rounded-sm border border-control group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-on-accent"
        >
          {isOn ? <Check size={12} /> : null}
        </span>
        {label}
      </Checkbox>
      {hint ? (
        <p id={hintId} className="ms-6 max-w-prose text-12 text-muted">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

interface ChoicesProps<Value extends string> {
  label: string;
  value: Value;
  options: { value: Value; label: string; detail?: string }[];
  onChange: (value: Value) => void;
  orientation?: "horizontal" | "vertical";
}

/** One of a few, all of them in view. */
export function Choices<Value extends string>({
  label,
  value,
  options,
  onChange,
  orientation = "horizontal",
}: ChoicesProps<Value>) {
  const row = orientation === "horizontal";
  return (
    <RadioGroup value={value} onChange={(next) => onChange(next as Value)} orientation={orientation}>
      <Label className="mb-1 block text-13 text-muted">{label}</Label>
      <div className={row ? "flex flex-wrap gap-2" : "flex flex-col gap-2"}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            className="group flex min-h-8 items-start gap-2.5 rounded-md border border-line bg-surface px-3 py-1.5 data-[hovered]:border-control data-[selected]:border-accent data-[selected]:bg-selected"
          >
            <span
              aria-hidden
              className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-control group-data-[selected]:border-accent"
            >
              <span className="size-2 rounded-full group-data-[selected]:bg-accent" />
            </span>
            <span>
              {option.label}
              {option.detail ? <span className="block text-12 text-muted">{option.detail}</span> : null}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

/** Names and what they are, in two columns where there is room. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-1.5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
