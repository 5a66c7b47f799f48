import { AnsiHtml } from "fancy-ansi/react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { plural } from "../text/quantity.ts";
import { tailOf, terminalLines, writtenLines } from "./terminal-lines.ts";

/** Lines shown, and added each time the user asks for more: rendering all at once would be slow. */
const PAGE_LINES = 400;
const LINK = "mb-1 block rounded-md font-sans text-xs text-accent hover:underline";

/**
 * A program's terminal output in colour: the final state, or the full output on demand.
 *
 * @param follow whether to keep its end in view while it grows.
 */
export function TerminalOutput({ text, follow }: { text: string; follow: boolean }) {
  const [pages, setPages] = useState(1);
  const [showsWritten, setShowsWritten] = useState(false);
  const end = useRef<HTMLSpanElement>(null);
  const screen = useMemo(() => terminalLines(follow ? tailOf(text) : text), [text, follow]);
  const lines = useMemo(
    () => (showsWritten ? writtenLines(follow ? tailOf(text) : text) : screen.lines),
    [screen, showsWritten, text, follow],
  );
  const hidden = Math.max(0, lines.length - pages * PAGE_LINES);
  const shown = hidden === 0 ? lines : lines.slice(hidden);
  useLayoutEffect(() => {
    const frame = end.current?.closest("pre");
    if (follow && frame !== null && frame !== undefined) frame.scrollTop = frame.scrollHeight;
  }, [text, follow]);
  return (
    <>
      {screen.isLossy && (
        <button type="button" onClick={() => setShowsWritten(!showsWritten)} className={LINK}>
          {showsWritten ? "Show the terminal's last state" : "Show overwritten output"}
        </button>
      )}
      {hidden > 0 && (
        <button type="button" onClick={() => setPages(pages + 1)} className={LINK}>
          Show {plural(Math.min(hidden, PAGE_LINES), "earlier line")} of {hidden.toLocaleString("en")}
        </button>
      )}
      <AnsiHtml text={shown.join("\n")} />
      <span ref={end} />
    </>
  );
}
