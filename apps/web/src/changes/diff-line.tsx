import { clsx } from "clsx";
import { Plus } from "lucide-react";
import { memo } from "react";
import { CodeLine } from "../markdown/code-line.tsx";
import type { CodeLines } from "../markdown/highlight-message.ts";
import { linesName } from "../review/review-comment.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { MAX_LINE_LENGTH, shownText } from "./block-colours.ts";
import type { LineSide } from "./line-selection.ts";
import type { DiffLine } from "./parse-diff.ts";

const LOOKS: Readonly<Record<DiffLine["kind"], { sign: string; look: string }>> = {
  context: { sign: " ", look: "" },
  added: { sign: "+", look: "bg-added" },
  deleted: { sign: "-", look: "bg-deleted" },
  hunk: { sign: "", look: "" },
  note: { sign: "", look: "" },
};

interface LineProps {
  line: DiffLine;
  /** In the diff. */
  place: number;
  side: LineSide;
  tokens: CodeLines[number] | undefined;
  /** Whether Tab stops at it. */
  isStop: boolean;
  isSelected: boolean;
}

/** One line of code; its numbers are the button that comments on it. */
export const Line = memo(function Line({ line, place, side, tokens, isStop, isSelected }: LineProps) {
  if (line.kind === "note") {
    return <p className="py-0.5 pl-3 text-xs text-faint italic">{line.text}</p>;
  }
  const { sign, look } = LOOKS[line.kind];
  const cut = line.text.length - MAX_LINE_LENGTH;
  return (
    <div
      data-line={place}
      data-side={side}
      className={clsx("group/line flex min-w-0", isSelected ? "bg-accent-soft" : look)}
    >
      <span className="relative flex shrink-0 pr-1 text-right text-faint select-none">
        {side !== "after" && <Number>{line.before}</Number>}
        {side !== "before" && <Number>{line.after}</Number>}
        <button
          type="button"
          data-gutter
          tabIndex={isStop ? 0 : -1}
          aria-label={`Comment on ${linesName([line])}`}
          className="group/gutter absolute inset-0 cursor-pointer -outline-offset-1"
        >
          <span
            aria-hidden
            className="absolute top-px right-0 hidden size-4 items-center justify-center rounded-[4px] bg-primary text-on-primary group-hover/line:flex group-focus-visible/gutter:flex"
          >
            <Plus className="size-3" strokeWidth={2.5} />
          </span>
        </button>
      </span>
      <span
        className={clsx(
          "w-4.5 shrink-0 text-center select-none",
          line.kind === "added" && "text-done",
          line.kind === "deleted" && "text-failed",
        )}
      >
        {sign}
      </span>
      <span className="min-w-0 grow pr-3 [overflow-wrap:anywhere] whitespace-pre-wrap">
        <CodeLine text={shownText(line)} tokens={tokens} />
        {cut > 0 && <span className="text-faint italic"> … {plural(cut, "more character")}</span>}
        {"\n"}
      </span>
    </div>
  );
});

function Number({ children }: { children: number | null }) {
  return (
    <span aria-hidden className="w-(--number) shrink-0">
      {children}
    </span>
  );
}

/** Where lines are left out. */
export function HunkLine({ text, isFirst }: { text: string; isFirst: boolean }) {
  return (
    <p
      className={clsx(
        "flex min-h-5 items-center gap-3 border-line bg-surface px-3 text-xs text-faint",
        isFirst ? "border-b" : "my-1 border-y",
      )}
    >
      <span aria-hidden>⋯</span>
      <span className="min-w-0 truncate font-mono">{revealHidden(text)}</span>
    </p>
  );
}
