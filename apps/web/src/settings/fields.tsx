import type { ReactNode } from "react";

export const FIELD =
  "h-8 w-full rounded-md border border-line-strong bg-background px-2 text-sm placeholder:text-faint max-md:text-[16px]";

/** A field under its name, with a hint that is not part of the name. */
export function Labeled({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1 text-sm">
      <label className="flex min-w-0 flex-col gap-1">
        <span className="text-xs font-medium text-muted">{label}</span>
        {children}
      </label>
      {hint !== undefined && <span className="text-xs text-faint">{hint}</span>}
    </div>
  );
}
