import { Check, ChevronDown } from "lucide-react";
import {
  Select as AriaSelect,
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
} from "react-aria-components";

export interface Option<Value extends string> {
  value: Value;
  label: string;
  detail?: string;
}

interface SelectProps<Value extends string> {
  label: string;
  labelHidden?: boolean;
  value: Value;
  options: Option<Value>[];
  onChange: (value: Value) => void;
  isDisabled?: boolean;
}

/** One of a few. */
export function Select<Value extends string>({
  label,
  labelHidden,
  value,
  options,
  onChange,
  isDisabled,
}: SelectProps<Value>) {
  return (
    <AriaSelect
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as Value)}
      isDisabled={isDisabled ?? false}
      className="flex flex-col gap-1"
    >
      <Label className={labelHidden ? "sr-only" : "text-13 text-muted"}>{label}</Label>
      <Button className="inline-flex h-8 items-center justify-between gap-2 rounded-sm border border-control bg-surface px-2.5 text-14 data-[hovered]:bg-selected">
        <SelectValue className="truncate">{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown size={16} aria-hidden className="text-muted" />
      </Button>
      <Popover className="min-w-(--trigger-width) rounded-md bg-surface p-1 shadow-popover">
        <ListBox className="max-h-80 overflow-auto outline-none">
          {options.map((option) => (
            <ListBoxItem
              key={option.value}
              id={option.value}
              textValue={option.label}
              className="flex items-center gap-2 rounded-sm px-2 py-1.5 text-14 data-[focused]:bg-selected"
            >
              {({ isSelected }) => (
                <>
                  <span className="w-4">{isSelected ? <Check size={16} aria-hidden /> : null}</span>
                  <span className="flex-1">
                    {option.label}
                    {option.detail ? <span className="block text-12 text-muted">{option.detail}</span> : null}
                  </span>
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
