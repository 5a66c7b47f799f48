import { useState } from "react";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { CodeLine } from "./code-line.tsx";
import { useHighlighted } from "./use-highlighted.ts";

/** Code with its language, syntax colours once computed, and a copy button. */
export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  return (
    <div dir="ltr" className="group/code my-3 overflow-hidden rounded-lg border border-line bg-surface">
      <div className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3">
        <span className="font-mono text-xs text-faint">{language ?? "text"}</span>
        <CopyButton text={code} label="Copy code" />
      </div>
      {/* Wide code is scrolled by keys, too. */}
      <pre tabIndex={0} className="overflow-x-auto px-3 py-2.5 font-mono text-code outline-offset-[-2px]">
        <HighlightedCode code={code} language={language} />
      </pre>
    </div>
  );
}

/** Shown at once of very long code, in UTF-16 units; the rest is a click away. */
const PAGE_LENGTH = 60_000;

/** Invisible characters are made visible: code is read before it is trusted. */
export function HighlightedCode({ code: whole, language }: { code: string; language: string | null }) {
  const [pages, setPages] = useState(1);
  const rest = Math.max(0, whole.length - pages * PAGE_LENGTH);
  const code = revealHidden(rest === 0 ? whole : whole.slice(0, pages * PAGE_LENGTH));
  const lines = useHighlighted(code, language);
  return (
    <>
      <code translate="no">
        {lines === null
          ? code
          : lines.map((tokens, index) => (
              // Lines are identified by index.
              <span key={index}>
                <CodeLine text="" tokens={tokens} />
                {index < lines.length - 1 && "\n"}
              </span>
            ))}
      </code>
      {rest > 0 && (
        <button
          type="button"
          onClick={() => setPages(pages + 1)}
          className="mt-1 block font-sans text-xs text-accent hover:underline"
        >
          Show {plural(rest, "more character")}
        </button>
      )}
    </>
  );
}
