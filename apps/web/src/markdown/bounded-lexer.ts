import { Lexer, type Token } from "marked";
import { MARKDOWN_RULES } from "./markdown-rules.ts";

/** A longer run of text is shown without its emphasis and links, in UTF-16 units: finding those may take its square. */
const MAX_INLINE_LENGTH = 4_000;

class BoundedLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (source.length <= MAX_INLINE_LENGTH) return super.inlineTokens(source, tokens);
    tokens.push({ type: "text", raw: source, text: source, escaped: true });
    return tokens;
  }
}

/**
 * Reads Markdown that somebody may have made to be hard to read: what takes too long, or nests too deeply, comes out as
 * the text that it is.
 */
export function readMarkdown(source: string): Token[] {
  return orPlain(source, () => new BoundedLexer(MARKDOWN_RULES).lex(source));
}

/** The same without what stands within the lines: what the top-level blocks are, as their sources. */
export function readBlocks(source: string): Token[] {
  return orPlain(source, () => new Lexer(MARKDOWN_RULES).blockTokens(source, []));
}

function orPlain(source: string, read: () => Token[]): Token[] {
  try {
    return read();
  } catch {
    // The parser calls itself for each level of nesting; thousands of levels are more than there is room for.
    return [{ type: "html", raw: source, text: source, block: true, pre: false }];
  }
}
