import { AnsiHtml } from "fancy-ansi/react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { plural } from "../text/quantity.ts";
import { tailOf, terminalLines } from "./terminal-lines.ts";

/** Lines shown before somebody asks for all of them; rendering more at once would be felt. */
const MAX_LINES = 400;

/**
 * What a program wrote to its terminal, in its colours.
 *
 * @param follow whether its end stays in view while it grows.
 */
export function TerminalOutput({ text, follow }: { text: string; follow: boolean }) {
  const [showsAll, setShowsAll] = useState(false);
  const end = useRef<HTMLSpanElement>(null);
  const lines = useMemo(() => terminalLines(follow ? tailOf(text) : text), [text, follow]);
  const hidden = showsAll ? 0 : Math.max(0, lines.length - MAX_LINES);
  const shown = hidden === 0 ? lines : lines.slice(hidden);
  useLayoutEffect(() => {
    const frame = end.current?.closest("pre");
    if (follow && frame !== null && frame !== undefined) frame.scrollTop = frame.scrollHeight;
  }, [text, follow]);
  return (
    <>
      {hidden > 0 && (
        <button
          type="button"
          onClick={() => setShowsAll(true)}
          className="mb-1 block rounded-md font-sans text-xs text-accent hover:underline"
        >
          Show {plural(hidden, "earlier line")}
        </button>
      )}
      <AnsiHtml text={shown.join("\n")} />
      <span ref={end} />
    </>
  );
}
