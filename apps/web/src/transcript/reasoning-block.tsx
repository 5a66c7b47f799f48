import type { BlockRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { Brain, ChevronRight } from "lucide-react";
import { Markdown } from "../markdown/markdown.tsx";
import { useExpanded } from "./expansion.ts";

/** The model's reasoning: one line, expandable. */
export function ReasoningBlock({ row }: { row: BlockRow }) {
  const isThinking = row.state === "open";
  const { isOpen, toggle } = useExpanded(row.key, isThinking);
  if (row.text.trim() === "" && !isThinking) return null;
  return (
    <div className={clsx("py-0.5", row.state === "interrupted" && "opacity-65")}>
      <button
        type="button"
        translate="no"
        aria-expanded={isOpen}
        onClick={toggle}
        className="group/line -mx-2 flex h-7.5 w-[calc(100%+16px)] items-center gap-2 rounded-md px-2 text-left text-sm text-muted transition-colors hover:bg-hover"
      >
        <Brain aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
        <span className={clsx("shrink-0", isThinking && "motion-safe:animate-pulse-soft")}>
          {isThinking ? "Thinking" : "Thought"}
        </span>
        {!isOpen && <span className="min-w-0 truncate text-faint">{firstWords(row.text)}</span>}
        <span className="grow" />
        <ChevronRight
          aria-hidden
          className={clsx(
            "size-3.5 shrink-0 text-faint opacity-0 transition-all group-hover/line:opacity-100",
            isOpen && "rotate-90 opacity-100",
          )}
        />
      </button>
      {isOpen && (
        <div className="my-1 ml-2 border-l border-line pl-3.5 text-sm text-muted">
          <Markdown text={row.text} streaming={isThinking} />
        </div>
      )}
    </div>
  );
}

const firstWords = (text: string): string =>
  text
    .trim()
    .slice(0, 160)
    .replaceAll(/[\s*#`]+/g, " ");
