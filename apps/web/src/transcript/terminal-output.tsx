import { AnsiHtml } from "fancy-ansi/react";
import { useMemo, useState } from "react";
import { grouped, plural } from "../text/quantity.ts";
import { tailOf, terminalLines, writtenLines } from "./terminal-lines.ts";
import { useFrameEnd } from "./use-frame-end.ts";

/** Lines shown, and added each time the user asks for more: rendering all at once would be slow. */
const PAGE_LINES = 400;
const LINK = "block rounded-md font-sans text-xs text-accent hover:underline";

/**
 * A program's terminal output in colour: the final state, or the full output on demand.
 *
 * @param opensAt which end of a long output is shown: a command's result stands at its end, a file is read from its start.
 */
export function TerminalOutput({
  text,
  isRunning,
  opensAt = "end",
}: {
  text: string;
  isRunning: boolean;
  opensAt?: "start" | "end";
}) {
  const [pages, setPages] = useState(1);
  const [showsWritten, setShowsWritten] = useState(false);
  const screen = useMemo(() => terminalLines(isRunning ? tailOf(text) : text), [text, isRunning]);
  const lines = useMemo(
    () => (showsWritten ? writtenLines(isRunning ? tailOf(text) : text) : screen.lines),
    [screen, showsWritten, text, isRunning],
  );
  const isFromEnd = isRunning || opensAt === "end";
  const hidden = Math.max(0, lines.length - pages * PAGE_LINES);
  const shown = isFromEnd ? lines.slice(hidden) : lines.slice(0, lines.length - hidden);
  const { end, holdPlace } = useFrameEnd(isFromEnd, shown.length, text);
  const next = plural(Math.min(hidden, PAGE_LINES), isFromEnd ? "earlier line" : "more line");
  const more = hidden > 0 && (
    <button
      type="button"
      onClick={() => {
        if (isFromEnd) holdPlace();
        setPages(pages + 1);
      }}
      className={`${LINK} ${isFromEnd ? "mb-1" : "mt-1"}`}
    >
      Show {next} of {grouped(hidden)}
    </button>
  );
  return (
    <>
      {screen.isLossy && (
        <button type="button" onClick={() => setShowsWritten(!showsWritten)} className={`${LINK} mb-1`}>
          {showsWritten ? "Show the terminal's last state" : "Show overwritten output"}
        </button>
      )}
      {isFromEnd && more}
      <AnsiHtml text={shown.join("\n")} />
      {!isFromEnd && more}
      <span ref={end} />
    </>
  );
}
