import { Marked, type TokenizerAndRendererExtension, type Tokens } from "marked";

/**
 * Where models deviate from GitHub's Markdown. All patterns are bounded by how much text the lexer parses at once
 * (bounded-lexer.ts).
 */

/** Formulas stay as they are: as Markdown, they would lose underscores, asterisks and backslashes. */
const MATH =
  /^(?:\\\([^\n]+?\\\)|\\\[[^]+?\\\]|\$\$[^$]+\$\$|\$(?![\s\d])(?=[^$\n]*[\\_^{])[^$\n]*[^\s$]\$(?!\d))/;
/** A Windows path: its backslashes are no escapes. */
const WINDOWS_PATH = /^[A-Za-z]:\\[^\s`*<>|"]*/;
/** Names like Python's `__init__`; bold text contains spaces or uses asterisks. */
const DUNDER = /^__[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*__(?![A-Za-z0-9_])/;
const LITERAL_START = /\\[([]|\$|(?<![A-Za-z])[A-Za-z]:\\|(?<![A-Za-z0-9_])__[A-Za-z0-9]/;

const literal: TokenizerAndRendererExtension = {
  name: "literal",
  level: "inline",
  start: (source) => LITERAL_START.exec(source)?.index,
  tokenizer(source) {
    const raw = (MATH.exec(source) ?? WINDOWS_PATH.exec(source) ?? DUNDER.exec(source))?.[0];
    return raw === undefined ? undefined : { type: "text", raw, text: raw, escaped: true };
  },
};

const formulaBlock: TokenizerAndRendererExtension = {
  name: "formula",
  level: "block",
  start(source) {
    const [dollars, bracket] = [source.indexOf("\n$$"), source.indexOf("\n\\[")];
    const first = dollars === -1 || bracket === -1 ? Math.max(dollars, bracket) : Math.min(dollars, bracket);
    return first === -1 ? undefined : first + 1;
  },
  tokenizer(source) {
    const found = /^(?:\$\$[ \t]*\n[^]+?\n[ \t]*\$\$|\\\[[ \t]*\n[^]+?\n[ \t]*\\\])[ \t]*(?:\n+|$)/.exec(
      source,
    );
    if (found === null) return undefined;
    return { type: "formula", raw: found[0], text: found[0].trim() };
  },
};

const CJK = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303F\uFF00-\uFFEF]`;
/**
 * In text without spaces, CommonMark's rule for delimiters (6.2) never holds beside brackets and full stops:
 * `含**「重点」**内容`.
 */
const CJK_EMPHASIS = new RegExp(
  String.raw`^(\*{1,2})(?=${CJK})([^*\n]*${CJK})\1(?!\*)|^(\*{1,2})(?=[^\s*])([^*\n]*${CJK})\3(?!\*)|^(\*{1,2})(?=${CJK})([^*\n]*[^\s*])\5(?!\*)`,
  "u",
);

const cjkEmphasis: TokenizerAndRendererExtension = {
  name: "cjk-emphasis",
  level: "inline",
  start: (source) => /\*/.exec(source)?.index,
  tokenizer(source) {
    const found = CJK_EMPHASIS.exec(source);
    if (found === null) return undefined;
    const marks = found[1] ?? found[3] ?? found[5] ?? "";
    const text = found[2] ?? found[4] ?? found[6] ?? "";
    const type = marks.length === 2 ? "strong" : "em";
    return { type, raw: found[0], text, tokens: this.lexer.inlineTokens(text) } satisfies
      | Tokens.Strong
      | Tokens.Em;
  },
};

const marked = new Marked({ gfm: true }).use({
  extensions: [literal, formulaBlock, cjkEmphasis],
  tokenizer: {
    // `~2000 … ~5000` are numbers; strikethrough needs two tildes on each side.
    del(source) {
      if (!source.startsWith("~~")) return undefined;
      return false;
    },
  },
});

export const MARKDOWN_RULES = marked.defaults;
