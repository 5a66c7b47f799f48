import type { Colors } from "../terminal/output.ts";

/** A piece of a line. */
export interface InlineText {
  /** Without newlines. */
  text: string;
  /** The end of the text before it in its line. */
  before: string;
  /** Whether the line ends here; otherwise an unfinished span is held back. */
  whole: boolean;
}

/** Formatted text, and what is held back until its end arrives. */
interface SetText {
  shown: string;
  held: string;
}

/** While text streams, a mark without an end within this many characters is plain text. */
const MAX_HELD = 300;
/** The same for a complete line: without a bound, a line of nothing but marks would take quadratic time. */
const MAX_SPAN = 1_000;

interface Span {
  /** Matches at the start of the rest; its first group is the text between the marks. */
  readonly pattern: RegExp;
  paint(colors: Colors, inner: string, match: RegExpExecArray): string;
  /** Its text is literal. */
  readonly verbatim?: true;
}

/**
 * The part of CommonMark 0.31, chapter 6, that models use. Underscores within a word are not marks, and double ones
 * never are: names like `__init__` are more likely than bold text.
 */
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

/** How far back to look for the character before a mark, in UTF-16 units. */
const LONGEST_CHARACTER = 2;
const MARKS = /[`*_~[!\\]/;
const WORD_BEFORE = /[\p{L}\p{N}_]$/u;
const ESCAPED = /^\\[!-/:-@[-`{-~]/;

/** Formats the text of a line. */
export function setInline({ text, before: lead, whole }: InlineText, colors: Colors): SetText {
  let shown = "";
  let rest = text;
  for (;;) {
    const at = rest.search(MARKS);
    if (at === -1) return { shown: shown + rest, held: "" };
    shown += rest.slice(0, at);
    const begin = text.length - rest.length + at;
    const before = begin === 0 ? lead : text.slice(Math.max(0, begin - LONGEST_CHARACTER), begin);
    rest = rest.slice(at);

    const found = findSpan(rest, before);
    // A mark at the very end may be the first half of a longer one.
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
  const near = rest.slice(0, MAX_SPAN);
  for (const span of SPANS) {
    const match = span.pattern.exec(near);
    if (match !== null) return { span, match };
  }
  return null;
}

/** Whether further text could complete this as a span. */
function mayOpen(rest: string, before: string): boolean {
  if (rest.startsWith("_") && WORD_BEFORE.test(before)) return false;
  return /^(`|\*{1,3}(?!\s)|_(?![\s_])|~(~(?!\s)|$)|!?\[[^\]]*(\](\([^)]*)?)?$|!$|\\$)/.test(rest);
}
