import { memo, useMemo, useState } from "react";
import remend from "remend";
import { Blocks } from "./blocks.tsx";
import { readMarkdown } from "./bounded-lexer.ts";
import { withoutControls } from "../text/reveal-hidden.ts";
import { BlockSplitter } from "./split-blocks.ts";

/**
 * Markdown as a model writes it: no HTML, nothing that loads by itself. While it streams, only its last blocks are read
 * again; the rest is neither parsed nor rendered.
 */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  const [splitter] = useState(() => new BlockSplitter());
  const { blocks, definitions } = useMemo(() => splitter.split(withoutControls(text)), [splitter, text]);
  const last = blocks.length - 1;
  return (
    <div className="prose-block" translate={streaming ? "no" : undefined}>
      {blocks.map((block, index) => (
        // A block is known by its place: those before it never change again.
        <Source
          key={index}
          source={streaming && index === last ? complete(block) : block}
          definitions={definitions}
        />
      ))}
    </div>
  );
}

/** Ends what is half said, so that it does not jump when the rest comes: `**bo` is bold already. */
function complete(source: string): string {
  try {
    return remend(source);
  } catch {
    // As it stands it will do for the moment.
    return source;
  }
}

/** A block with its own source, and the link definitions of the whole text. */
const Source = memo(function Source({ source, definitions }: { source: string; definitions: string }) {
  const tokens = useMemo(() => {
    const refers = definitions !== "" && source.includes("[");
    return readMarkdown(refers ? `${source}\n\n${definitions}` : source);
  }, [source, definitions]);
  return <Blocks tokens={tokens} />;
});
