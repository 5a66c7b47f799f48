import { revealHidden } from "../text/reveal-hidden.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { useHighlighted } from "./use-highlighted.ts";

/** Code with its language, its colours once they are worked out, and a way to copy it. */
export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  return (
    <div className="group/code my-3 overflow-hidden rounded-lg border border-line bg-surface">
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

/** What cannot be seen in code is shown: it is read before it is trusted. */
export function HighlightedCode({ code: source, language }: { code: string; language: string | null }) {
  const code = revealHidden(source);
  const lines = useHighlighted(code, language);
  if (lines === null) return <code>{code}</code>;
  return (
    <code>
      {lines.map((tokens, index) => (
        // Lines and the tokens in them are known by their place.
        <span key={index}>
          {tokens.map(({ text, color }, place) =>
            color === null ? (
              text
            ) : (
              <span key={place} style={{ color }}>
                {text}
              </span>
            ),
          )}
          {index < lines.length - 1 && "\n"}
        </span>
      ))}
    </code>
  );
}
