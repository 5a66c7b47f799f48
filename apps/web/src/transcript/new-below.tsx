import { ArrowDown } from "lucide-react";

/** The button that jumps back to the end. */
export function NewBelow({ count, go }: { count: number; go: () => void }) {
  return (
    <button
      type="button"
      translate="no"
      onClick={go}
      className="absolute bottom-3 left-1/2 flex h-7 -translate-x-1/2 animate-appear items-center gap-1.5 rounded-full border border-line-strong bg-background px-3 text-xs font-medium text-text shadow-float hover:bg-hover"
    >
      <ArrowDown aria-hidden className="size-3.5" />
      {count > 0 ? `${count} new` : "Latest"}
    </button>
  );
}
