import { useEffect, useRef, useState } from "react";
import type { CodeLines, CodeToken } from "./highlight-message.ts";
import { highlight } from "./highlighter.ts";
import { grammarName } from "./language-name.ts";

/** Interval of highlighting while code streams, in ms. */
const INTERVAL_MS = 150;

interface Highlighted {
  code: string;
  lines: CodeLines;
}

/**
 * @returns the code's tokens by line; null until known, or if it can't be highlighted. Code that grows keeps its
 * colours; the addition is uncoloured at first.
 */
export function useHighlighted(code: string, language: string | null): CodeLines | null {
  const [done, setDone] = useState<Highlighted | null>(null);
  const askedAt = useRef(0);
  useEffect(() => {
    if (language === null) return undefined;
    const work = (): void => {
      askedAt.current = Date.now();
      void highlight(code, grammarName(language)).then((lines) => {
        // The code may have grown meanwhile; the tokens of its beginning are still valid.
        if (lines !== null) setDone({ code, lines });
      });
    };
    const timer = setTimeout(work, Math.max(0, askedAt.current + INTERVAL_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [code, language]);
  if (done === null || !code.startsWith(done.code)) return null;
  return done.code === code ? done.lines : withRest(done.lines, code.slice(done.code.length));
}

function withRest(lines: CodeLines, rest: string): CodeLines {
  const [first = "", ...others] = rest.split("\n");
  const plain = (text: string): CodeToken[] => (text === "" ? [] : [{ text, color: null }]);
  const last = lines.at(-1) ?? [];
  return [...lines.slice(0, -1), [...last, ...plain(first)], ...others.map(plain)];
}
