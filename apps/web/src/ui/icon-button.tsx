import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";

export interface IconButtonProps extends ComponentProps<"button"> {
  icon: LucideIcon;
  /** Its accessible name and tooltip. */
  label: string;
  /** Its shortcut, for the tooltip. */
  keys?: string;
  small?: boolean;
}

export function IconButton({ icon: Icon, label, keys, small = false, className, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      data-hint={label}
      data-hint-keys={keys}
      {...props}
      className={clsx(
        "inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-text disabled:pointer-events-none disabled:opacity-40 aria-pressed:bg-selected aria-pressed:text-text",
        small ? "size-6" : "size-7.5 max-md:size-9",
        className,
      )}
    >
      <Icon aria-hidden className={small ? "size-3.5" : "size-4"} strokeWidth={1.75} />
    </button>
  );
}
