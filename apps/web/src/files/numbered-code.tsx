import { memo, useMemo } from "react";
import { CodeLine } from "../markdown/code-line.tsx";
import { useHighlighted } from "../markdown/use-highlighted.ts";
import { revealHidden } from "../text/reveal-hidden.ts";

/** @returns the number of each piece's first line, from 1. A line may go on in the next piece. */
function firstLines(pieces: readonly string[]): number[] {
  const starts: number[] = [];
  let line = 1;
  for (const piece of pieces) {
    starts.push(line);
    line += piece.split("\n").length - 1;
  }
  return starts;
}

/** Text with line numbers; each piece of it is highlighted by itself. */
export function NumberedCode({ pieces, language }: { pieces: readonly string[]; language: string | null }) {
  const starts = useMemo(() => firstLines(pieces), [pieces]);
  return (
    <pre translate="no" className="w-max min-w-full font-mono text-code">
      {pieces.map((piece, index) => (
        <Piece key={index} text={piece} start={starts[index] ?? 1} language={language} />
      ))}
    </pre>
  );
}

const Piece = memo(function Piece({
  text,
  start,
  language,
}: {
  text: string;
  start: number;
  language: string | null;
}) {
  const code = revealHidden(text.endsWith("\n") ? text.slice(0, -1) : text);
  const colored = useHighlighted(code, language);
  const lines = useMemo(() => code.split("\n"), [code]);
  return (
    <code className="block [contain-intrinsic-size:auto_1000px] [content-visibility:auto]">
      {lines.map((line, index) => (
        <span key={index} className="flex">
          <span aria-hidden className="w-12 shrink-0 pr-3 text-right text-faint select-none">
            {start + index}
          </span>
          <span className="pr-4 whitespace-pre">
            <CodeLine text={line} tokens={colored?.[index]} />
            {"\n"}
          </span>
        </span>
      ))}
    </code>
  );
});
