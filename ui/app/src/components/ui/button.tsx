import type { LucideIcon } from "lucide-react";
import {
  Button as AriaButton,
  type ButtonProps as AriaProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { shownKeys } from "@/lib/keys";

const BASE =
  "inline-flex items-center justify-center gap-1.5 rounded-sm min-h-8 px-3 text-14 font-medium select-none " +
  "transition-colors duration-[120ms] disabled:opacity-50 data-[pressed]:translate-y-px whitespace-nowrap";
const KINDS = {
  primary: "bg-accent text-on-accent data-[hovered]:brightness-110",
  plain: "border border-control bg-surface text-text data-[hovered]:bg-selected",
  quiet: "text-text data-[hovered]:bg-selected",
  danger: "border border-danger text-danger bg-surface data-[hovered]:bg-selected",
} as const;

export interface ButtonProps extends AriaProps {
  kind?: keyof typeof KINDS;
  icon?: LucideIcon;
}

export function Button({ kind = "plain", icon: Icon, className, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`${BASE} ${KINDS[kind]} ${className ?? ""}`}>
      {(state) => (
        <>
          {Icon ? <Icon size={16} aria-hidden /> : null}
          {typeof children === "function" ? children(state) : children}
        </>
      )}
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaProps, "children"> {
  icon: LucideIcon;
  /** What it does, in words: its name for screen readers and its tooltip. */
  label: string;
  /** As tinykeys writes keys. */
  keys?: string;
  pressed?: boolean;
}

export function IconButton({ icon: Icon, label, keys, pressed, className, ...rest }: IconButtonProps) {
  const tint = pressed
    ? "text-accent bg-selected"
    : "text-muted data-[hovered]:text-text data-[hovered]:bg-selected";
  return (
    <TooltipTrigger delay={600}>
      <AriaButton
        {...rest}
        aria-label={label}
        aria-pressed={pressed}
        className={`inline-flex size-8 shrink-0 items-center justify-center rounded-sm transition-colors duration-[120ms] disabled:opacity-50 ${tint} ${className ?? ""}`}
      >
        <Icon size={16} aria-hidden />
      </AriaButton>
      <Tooltip className="z-50 rounded-sm bg-text px-2 py-1 text-12 text-bg" offset={6}>
        {label}
        {keys ? <kbd className="ms-2 opacity-80">{shownKeys(keys)}</kbd> : null}
      </Tooltip>
    </TooltipTrigger>
  );
}
