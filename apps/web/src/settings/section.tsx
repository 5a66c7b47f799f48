import type { ReactNode } from "react";

/** A group of facts under a heading. */
export function Section({
  title,
  action,
  children,
}: {
  title: string;
  /** Beside the heading. */
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="mb-8">
      <div className="mb-2 flex min-h-7 flex-wrap items-end justify-between gap-x-3 gap-y-1">
        <h2 className="text-sm font-medium">{title}</h2>
        {action}
      </div>
      <div className="divide-y divide-line rounded-lg border border-line">{children}</div>
    </section>
  );
}

export function Fact({
  name,
  isCode = false,
  children,
}: {
  name: string;
  isCode?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="flex items-baseline gap-4 px-4 py-2.5 text-sm max-sm:flex-col max-sm:gap-1">
      <span className={isCode ? "w-36 shrink-0 font-mono text-code" : "w-36 shrink-0 text-muted"}>
        {name}
      </span>
      <div className={isCode ? "min-w-0 grow text-muted" : "min-w-0 grow"}>{children}</div>
    </div>
  );
}

/** Text below a section's facts. */
export function Note({ children }: { children: ReactNode }) {
  return <p className="px-4 py-2.5 text-sm text-muted">{children}</p>;
}
