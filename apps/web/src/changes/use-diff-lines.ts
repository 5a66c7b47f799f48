import { useEffect, useMemo, useState } from "react";
import { type DiffLine, DiffParser } from "./parse-diff.ts";

/** Parsed at once; about 2 ms each. */
const SLICE_LINES = 4_000;

/** Lets the page handle what came in meanwhile. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function finish(parser: DiffParser, signal: AbortSignal): Promise<readonly DiffLine[] | null> {
  while (!parser.parse(SLICE_LINES)) {
    await pause();
    if (signal.aborted) return null;
  }
  return parser.lines;
}

/** @returns all lines; null if it was aborted. */
export const diffLines = (diff: string, signal: AbortSignal): Promise<readonly DiffLine[] | null> =>
  finish(new DiffParser(diff), signal);

/** The lines of a diff: its beginning at once, the rest of a long one as soon as it is parsed. */
export function useDiffLines(diff: string): { lines: readonly DiffLine[]; isWhole: boolean } {
  const { parser, start, isShort } = useMemo(() => {
    const created = new DiffParser(diff);
    const isAll = created.parse(SLICE_LINES);
    return { parser: created, start: [...created.lines], isShort: isAll };
  }, [diff]);
  const [whole, setWhole] = useState<{ parser: DiffParser; lines: readonly DiffLine[] } | null>(null);
  useEffect(() => {
    if (isShort) return undefined;
    const gone = new AbortController();
    void finish(parser, gone.signal).then((lines) => {
      if (lines !== null) setWhole({ parser, lines });
    });
    return () => gone.abort();
  }, [parser, isShort]);
  if (whole?.parser === parser) return { lines: whole.lines, isWhole: true };
  return { lines: start, isWhole: isShort };
}
