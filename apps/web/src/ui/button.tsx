import { clsx } from "clsx";
import type { ComponentProps } from "react";

const LOOKS = {
  primary: "bg-primary text-on-primary hover:opacity-88 disabled:opacity-40",
  plain: "border border-line bg-background text-text hover:bg-hover disabled:opacity-50",
  danger: "border border-failed/45 bg-background text-failed hover:bg-failed-soft disabled:opacity-50",
  quiet: "text-muted hover:bg-hover hover:text-text disabled:opacity-50",
} as const;

const SIZES = {
  small: "h-6 gap-1 rounded-md px-2 text-xs",
  medium: "h-7.5 gap-1.5 rounded-md px-2.5 text-sm",
} as const;

export interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
}

export function Button({ look = "plain", size = "medium", className, ...props }: ButtonProps) {
  return <button type="button" {...props} className={clsx(buttonClass(look, size), className)} />;
}

/** For links that look like buttons. */
export function buttonClass(look: keyof typeof LOOKS = "plain", size: keyof typeof SIZES = "medium"): string {
  return clsx(
    "inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none",
    LOOKS[look],
    SIZES[size],
  );
}
