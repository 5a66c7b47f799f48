import { useMemo } from "react";
import type { CodeLines } from "../markdown/highlight-message.ts";
import { useHighlighted } from "../markdown/use-highlighted.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import type { DiffLine } from "./parse-diff.ts";

/** Longer lines are cut, in UTF-16 units. */
export const MAX_LINE_LENGTH = 2_000;
/** Lines before a block that are read with it, so that a comment or text that began there is known. */
const LEAD_LINES = 100;

export const shownText = (line: DiffLine): string => revealHidden(line.text.slice(0, MAX_LINE_LENGTH));

type Side = "added" | "deleted";
export type Colours = ReadonlyMap<number, CodeLines[number]>;

/**
 * The colours of one side's lines: each side is code by itself, the two mixed are not.
 *
 * @param places of the lines in the diff, ascending
 */
export function useSideColours(
  lines: readonly DiffLine[],
  places: readonly number[],
  side: Side,
  language: string | null,
): Colours {
  const { code, lead } = useMemo(() => codeOf(lines, places, side), [lines, places, side]);
  const coloured = useHighlighted(code, language);
  return useMemo(
    () =>
      new Map(
        places.flatMap((place, index) => {
          const tokens = coloured?.[lead + index];
          return tokens === undefined ? [] : [[place, tokens] as const];
        }),
      ),
    [places, coloured, lead],
  );
}

function codeOf(lines: readonly DiffLine[], places: readonly number[], side: Side) {
  const isOfSide = (line: DiffLine): boolean => line.kind === side || line.kind === "context";
  const before: string[] = [];
  const first = places[0] ?? 0;
  for (let place = first - 1; place >= 0 && first - place <= LEAD_LINES; place -= 1) {
    const line = lines[place];
    if (line === undefined || line.kind === "hunk") break;
    if (isOfSide(line)) before.unshift(shownText(line));
  }
  const own = places.flatMap((place) => lines[place] ?? []).map(shownText);
  return { code: [...before, ...own].join("\n"), lead: before.length };
}
