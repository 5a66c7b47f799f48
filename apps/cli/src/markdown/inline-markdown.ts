import type { Colors } from "../terminal/output.ts";

/** A piece of a line. */
export interface InlineText {
  /** Without newlines. */
  text: string;
  /** What stands before it in its line, or the end of that. */
  before: string;
  /** Whether the line ends with it; otherwise what may still become a span is held back. */
  whole: boolean;
}

/** What of it is set already, and what is held back as its end is still to come. */
interface SetText {
  shown: string;
  held: string;
}

/** A mark whose end does not come within so many characters is a character like any other. */
const MAX_HELD = 300;

interface Span {
  /** Matches at the beginning of what is left; its first group is what the marks stand around, or all of it. */
  readonly pattern: RegExp;
  paint(colors: Colors, inner: string, match: RegExpExecArray): string;
  /** What stands inside is no Markdown. */
  readonly verbatim?: true;
}

/** CommonMark 0.31, chapter 6, as far as answers of models use it; a mark that touches a word from inside is none. Names
 * like `__init__` are likelier in them than bold text by underscores. */
const SPANS: readonly Span[] = [
  {
    pattern: /^(`+)(?!`)(.*?[^`])\1(?!`)/,
    paint: (colors, _, match) => colors.cyan(match[2]?.trim() ?? ""),
    verbatim: true,
  },
  {
    pattern: /^\*{3}(?=[^\s*])(.*?[^\s*])\*{3}(?!\*)/,
    paint: (colors, inner) => colors.bold(colors.italic(inner)),
  },
  { pattern: /^\*\*(?=[^\s*])(.*?[^\s*])\*\*(?!\*)/, paint: (colors, inner) => colors.bold(inner) },
  { pattern: /^\*(?=[^\s*])(.*?[^\s*])\*(?!\*)/, paint: (colors, inner) => colors.italic(inner) },
  { pattern: /^_(?=[^\s_])(.*?[^\s_])_(?![\p{L}\p{N}_])/u, paint: (colors, inner) => colors.italic(inner) },
  { pattern: /^~~(?=[^\s~])(.*?[^\s~])~~/, paint: (colors, inner) => colors.strikethrough(inner) },
  {
    pattern: /^!?\[([^\][]+)\]\(([^\s()]+)(?: "[^")]*")?\)/,
    paint: (colors, inner, match) => {
      const target = match[2] ?? "";
      return target === match[1]
        ? colors.underline(target)
        : `${colors.underline(inner)} ${colors.dim(`(${target})`)}`;
    },
  },
];

const MARKS = /[`*_~[!\\]/;
const WORD_BEFORE = /[\p{L}\p{N}_]$/u;
const ESCAPED = /^\\[!-/:-@[-`{-~]/;

/** Sets what stands within a line. */
export function setInline({ text, before: lead, whole }: InlineText, colors: Colors): SetText {
  let shown = "";
  let rest = text;
  for (;;) {
    const at = rest.search(MARKS);
    if (at === -1) return { shown: shown + rest, held: "" };
    shown += rest.slice(0, at);
    const before = lead + text.slice(0, text.length - rest.length + at);
    rest = rest.slice(at);

    const found = findSpan(rest, before);
    // A mark at the very end may be the first half of another one.
    if (found !== null && (whole || found.match[0].length < rest.length)) {
      const { span, match } = found;
      const inner = span.verbatim
        ? ""
        : setInline({ text: match[1] ?? "", before: "", whole: true }, colors).shown;
      shown += span.paint(colors, inner, match);
      rest = rest.slice(match[0].length);
      continue;
    }
    if (!whole && rest.length < MAX_HELD && (found !== null || mayOpen(rest, before))) {
      return { shown, held: rest };
    }
    const escaped = ESCAPED.exec(rest)?.[0];
    const literal = escaped ?? /^([`*_~])\1*|^[^]/.exec(rest)?.[0] ?? "";
    shown += escaped === undefined ? literal : literal.slice(1);
    rest = rest.slice(literal.length);
  }
}

function findSpan(rest: string, before: string): { span: Span; match: RegExpExecArray } | null {
  if (rest.startsWith("_") && WORD_BEFORE.test(before)) return null;
  for (const span of SPANS) {
    const match = span.pattern.exec(rest);
    if (match !== null) return { span, match };
  }
  return null;
}

/** Whether what comes next could make a span of this. */
function mayOpen(rest: string, before: string): boolean {
  if (rest.startsWith("_") && WORD_BEFORE.test(before)) return false;
  return /^(`|\*{1,3}(?!\s)|_(?![\s_])|~(~(?!\s)|$)|!?\[[^\]]*(\](\([^)]*)?)?$|!$|\\$)/.test(rest);
}
