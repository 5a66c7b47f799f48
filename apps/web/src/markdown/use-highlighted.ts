import { useEffect, useRef, useState } from "react";
import type { CodeLines, CodeToken } from "./highlight-message.ts";
import { highlight } from "./highlighter.ts";
import { grammarName } from "./language-name.ts";

/** While code streams, its colours are worked out this often, in ms. */
const INTERVAL_MS = 150;

interface Highlighted {
  code: string;
  lines: CodeLines;
}

/**
 * @returns the code's tokens by line; null until they are known, and where there are none. Code that grew keeps the
 * colours that it had, and what was added has none for a moment.
 */
export function useHighlighted(code: string, language: string | null): CodeLines | null {
  const [done, setDone] = useState<Highlighted | null>(null);
  const askedAt = useRef(0);
  useEffect(() => {
    if (language === null) return undefined;
    const work = (): void => {
      askedAt.current = Date.now();
      void highlight(code, grammarName(language)).then((lines) => {
        // It may have grown meanwhile; what is known of its beginning still holds.
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
