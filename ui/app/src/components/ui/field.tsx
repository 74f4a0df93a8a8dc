import type { ReactNode } from "react";
import {
  type TextFieldProps as AriaProps,
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from "react-aria-components";

const INPUT =
  "w-full rounded-sm border border-control bg-surface px-2.5 text-14 text-text placeholder:text-muted " +
  "data-[invalid]:border-danger disabled:opacity-60";

export interface TextFieldProps extends AriaProps {
  label: string;
  /** Only screen readers are told the label, where the place says what it is. */
  labelHidden?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  rows?: number;
}

/** One line, or `rows` of text. */
export function TextField({
  label,
  labelHidden,
  hint,
  error,
  placeholder,
  rows,
  className,
  ...rest
}: TextFieldProps) {
  return (
    <AriaTextField
      {...rest}
      isInvalid={error !== undefined}
      className={`flex flex-col gap-1 ${className ?? ""}`}
    >
      <Label className={labelHidden ? "sr-only" : "text-13 text-muted"}>{label}</Label>
      {rows === undefined ? (
        <Input placeholder={placeholder} className={`${INPUT} h-8`} />
      ) : (
        <TextArea placeholder={placeholder} rows={rows} className={`${INPUT} py-1.5 resize-y`} />
      )}
      {hint ? (
        <Text slot="description" className="text-12 text-muted">
          {hint}
        </Text>
      ) : null}
      <FieldError className="text-12 text-danger">{error}</FieldError>
    </AriaTextField>
  );
}
