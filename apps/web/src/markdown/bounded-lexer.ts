import { Lexer, type Token } from "marked";
import { MARKDOWN_RULES } from "./markdown-rules.ts";

/** Longer runs of text are shown without emphasis and links, in UTF-16 units: finding those may take quadratic time. */
const MAX_INLINE_LENGTH = 4_000;

class BoundedLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (source.length <= MAX_INLINE_LENGTH) return super.inlineTokens(source, tokens);
    tokens.push({ type: "text", raw: source, text: source, escaped: true });
    return tokens;
  }
}

/** Parses Markdown that may be hostile: whatever takes too long or nests too deeply is shown as plain text. */
export function readMarkdown(source: string): Token[] {
  return orPlain(source, () => new BoundedLexer(MARKDOWN_RULES).lex(source));
}

/** The same without inline elements: the sources of the top-level blocks. */
export function readBlocks(source: string): Token[] {
  return orPlain(source, () => new Lexer(MARKDOWN_RULES).blockTokens(source, []));
}

function orPlain(source: string, read: () => Token[]): Token[] {
  try {
    return read();
  } catch {
    // The parser recurses for each level of nesting; thousands of levels would overflow the stack.
    return [{ type: "html", raw: source, text: source, block: true, pre: false }];
  }
}
