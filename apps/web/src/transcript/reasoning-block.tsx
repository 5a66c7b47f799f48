import type { BlockRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { Brain } from "lucide-react";
import { Markdown } from "../markdown/markdown.tsx";
import { ExpandableLine, LineChevron } from "./expandable-line.tsx";
import { useExpanded } from "./expansion.ts";

/** The model's reasoning: one line, expandable. */
export function ReasoningBlock({ row }: { row: BlockRow }) {
  const isThinking = row.state === "open";
  const { isOpen, toggle } = useExpanded(row.key, isThinking);
  if (row.text.trim() === "" && !isThinking) return null;
  return (
    <div className={clsx("py-0.5", row.state === "interrupted" && "opacity-65")}>
      <ExpandableLine isOpen={isOpen} toggle={toggle} translate="no" className="text-muted">
        <Brain aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
        <span className={clsx("shrink-0", isThinking && "motion-safe:animate-pulse-soft")}>
          {isThinking ? "Thinking" : "Thought"}
        </span>
        {!isOpen && <span className="min-w-0 truncate text-faint">{firstWords(row.text)}</span>}
        <span className="grow" />
        <LineChevron isOpen={isOpen} />
      </ExpandableLine>
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
