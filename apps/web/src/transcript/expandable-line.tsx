import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

interface ExpandableLineProps {
  isOpen: boolean;
  toggle: () => void;
  className?: string;
  translate?: "no";
  children: ReactNode;
}

/** A line of the transcript that a click expands; its `LineChevron` appears on hover. */
export function ExpandableLine({ isOpen, toggle, className, translate, children }: ExpandableLineProps) {
  return (
    <button
      type="button"
      translate={translate}
      aria-expanded={isOpen}
      onClick={toggle}
      className={clsx(
        "group/line -mx-2 flex h-7.5 w-[calc(100%+16px)] items-center gap-2 rounded-md px-2 text-left text-sm transition-colors hover:bg-hover",
        className,
      )}
    >
      {children}
    </button>
  );
}

export function LineChevron({ isOpen }: { isOpen: boolean }) {
  return (
    <ChevronRight
      aria-hidden
      className={clsx(
        "size-3.5 shrink-0 text-faint opacity-0 transition-all group-hover/line:opacity-100",
        isOpen && "rotate-90 opacity-100",
      )}
    />
  );
}
