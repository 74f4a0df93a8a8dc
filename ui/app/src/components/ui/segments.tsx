import { Radio, RadioGroup } from "react-aria-components";

interface SegmentsProps<Value extends string> {
  /** What is chosen here; only screen readers are told. */
  label: string;
  value: Value;
  options: { value: Value; label: string }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** One of a few, side by side: how something is shown. */
export function Segments<Value extends string>({
  label,
  value,
  options,
  onChange,
  className = "",
}: SegmentsProps<Value>) {
  return (
    <RadioGroup
      aria-label={label}
      orientation="horizontal"
      value={value}
      onChange={(chosen) => onChange(chosen as Value)}
      className={`flex rounded-sm border border-line bg-surface p-0.5 ${className}`}
    >
      {options.map((option) => (
        <Radio
          key={option.value}
          value={option.value}
          className="rounded-sm px-2 py-1 text-13 text-muted data-[selected]:bg-selected data-[selected]:text-text"
        >
          {option.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}
