import { clsx } from "clsx";
import { memo, useMemo, useState } from "react";
import { CodeLine } from "../markdown/code-line.tsx";
import type { CodeLines } from "../markdown/highlight-message.ts";
import { useHighlighted } from "../markdown/use-highlighted.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { type DiffLine, parseDiff } from "./parse-diff.ts";

/** Lines shown at once, so that no diff holds up the page; the rest is a click away. */
const PAGE_LINES = 300;

interface DiffLinesProps {
  /** Of one file, as git prints it. */
  diff: string;
  /** For its colours; null: none. */
  language: string | null;
}

/** A file's diff with the line numbers of both sides. */
export const DiffLines = memo(function DiffLines({ diff, language }: DiffLinesProps) {
  const [pages, setPages] = useState(1);
  const all = useMemo(() => withoutFirstMark(parseDiff(diff)), [diff]);
  const lines = useMemo(() => all.slice(0, pages * PAGE_LINES), [all, pages]);
  const before = useSide(lines, "deleted", language);
  const after = useSide(lines, "added", language);
  const rest = all.length - lines.length;
  return (
    <>
      <pre translate="no" className="py-1 font-mono text-code">
        {lines.map((line, index) => (
          <Line
            // Lines are identified by their place.
            key={index}
            line={line}
            tokens={line.kind === "deleted" ? before.get(line) : after.get(line)}
            isFirst={index === 0}
          />
        ))}
      </pre>
      {rest > 0 && (
        <button
          type="button"
          onClick={() => setPages(pages + 1)}
          className="block w-full border-t border-line px-3 py-1.5 text-left text-xs text-accent -outline-offset-2 hover:underline"
        >
          Show {plural(Math.min(rest, PAGE_LINES), "more line")} of {rest.toLocaleString("en")}
        </button>
      )}
    </>
  );
});

/** A hunk that begins where the file does needs no mark. */
function withoutFirstMark(lines: DiffLine[]): DiffLine[] {
  const [hunk, line] = lines;
  const isStart = hunk?.kind === "hunk" && (line?.after ?? line?.before) === 1;
  return isStart ? lines.slice(1) : lines;
}

/** The colours of one side's lines: each side is code by itself, the two mixed are not. */
function useSide(
  lines: readonly DiffLine[],
  kind: "added" | "deleted",
  language: string | null,
): ReadonlyMap<DiffLine, CodeLines[number]> {
  const side = useMemo(
    () => lines.filter((line) => line.kind === kind || line.kind === "context"),
    [lines, kind],
  );
  const code = useMemo(() => side.map(({ text }) => revealHidden(text)).join("\n"), [side]);
  const colored = useHighlighted(code, language);
  return useMemo(
    () => new Map(side.flatMap((line, place) => (colored?.[place] ? [[line, colored[place]]] : []))),
    [side, colored],
  );
}

const LOOKS: Readonly<Record<DiffLine["kind"], { sign: string; look: string }>> = {
  context: { sign: " ", look: "" },
  added: { sign: "+", look: "bg-added" },
  deleted: { sign: "-", look: "bg-deleted" },
  hunk: { sign: "", look: "" },
  note: { sign: "", look: "text-faint italic" },
};
const NUMBER = "w-9 shrink-0 pr-1.5 text-right text-faint select-none";

interface LineProps {
  line: DiffLine;
  tokens: CodeLines[number] | undefined;
  isFirst: boolean;
}

const Line = memo(function Line({ line, tokens, isFirst }: LineProps) {
  const { sign, look } = LOOKS[line.kind];
  if (line.kind === "hunk") {
    return (
      <span
        className={clsx(
          "flex min-h-4.5 bg-surface px-3 text-xs leading-4.5 text-faint",
          !isFirst && "mt-1 border-t border-line",
        )}
      >
        <span aria-hidden className="w-15 shrink-0 select-none">
          ⋯
        </span>
        <span className="min-w-0 truncate">{revealHidden(line.text)}</span>
        {"\n"}
      </span>
    );
  }
  return (
    <span className={clsx("flex", look)}>
      <span aria-hidden className={NUMBER}>
        {line.before}
      </span>
      <span aria-hidden className={NUMBER}>
        {line.after}
      </span>
      <span
        className={clsx(
          "w-4 shrink-0 text-center select-none",
          line.kind === "added" && "text-done",
          line.kind === "deleted" && "text-failed",
        )}
      >
        {sign}
      </span>
      <span className="min-w-0 grow pr-3 [overflow-wrap:anywhere] whitespace-pre-wrap">
        <CodeLine text={revealHidden(line.text)} tokens={tokens} />
        {"\n"}
      </span>
    </span>
  );
});
