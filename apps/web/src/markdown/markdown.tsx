import { lexer } from "marked";
import { memo, useMemo, useState } from "react";
import remend from "remend";
import { Blocks } from "./blocks.tsx";
import { BlockSplitter } from "./split-blocks.ts";

/**
 * Markdown as a model writes it: no HTML, nothing that loads by itself. While it streams, only its last blocks are read
 * again; the rest is neither parsed nor rendered.
 */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  const [splitter] = useState(() => new BlockSplitter());
  const { blocks, definitions } = useMemo(() => splitter.split(text), [splitter, text]);
  const last = blocks.length - 1;
  return (
    <div className="prose-block">
      {blocks.map((block, index) => (
        // A block is known by its place: those before it never change again.
        <Source
          key={index}
          source={streaming && index === last ? remend(block) : block}
          definitions={definitions}
        />
      ))}
    </div>
  );
}

/** A block with its own source, and the link definitions of the whole text. */
const Source = memo(function Source({ source, definitions }: { source: string; definitions: string }) {
  const tokens = useMemo(() => {
    const refers = definitions !== "" && source.includes("[");
    return lexer(refers ? `${source}\n\n${definitions}` : source, { gfm: true });
  }, [source, definitions]);
  return <Blocks tokens={tokens} />;
});
