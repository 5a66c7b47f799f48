import { memo, useMemo, useState } from "react";
import remend from "remend";
import { Blocks } from "./blocks.tsx";
import { readMarkdown } from "./bounded-lexer.ts";
import { withoutControls } from "../text/reveal-hidden.ts";
import { BlockSplitter } from "./split-blocks.ts";

/**
 * Markdown by a model: no HTML, nothing that loads by itself. While it streams, only its last blocks are parsed and
 * rendered again.
 */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  const [splitter] = useState(() => new BlockSplitter());
  const { blocks, definitions } = useMemo(() => splitter.split(withoutControls(text)), [splitter, text]);
  const last = blocks.length - 1;
  return (
    <div className="prose-block" translate={streaming ? "no" : undefined}>
      {blocks.map((block, index) => (
        // Identified by index: earlier blocks never change.
        <Source
          key={index}
          source={streaming && index === last ? complete(block) : block}
          definitions={definitions}
        />
      ))}
    </div>
  );
}

/** Closes unfinished syntax so that it doesn't jump when the rest arrives: `**bo` is bold already. */
function complete(source: string): string {
  try {
    return remend(source);
  } catch {
    // Good enough until the rest arrives.
    return source;
  }
}

/** A block's source plus the link definitions of the whole text. */
const Source = memo(function Source({ source, definitions }: { source: string; definitions: string }) {
  const tokens = useMemo(() => {
    const refers = definitions !== "" && source.includes("[");
    return readMarkdown(refers ? `${source}\n\n${definitions}` : source);
  }, [source, definitions]);
  return <Blocks tokens={tokens} />;
});
