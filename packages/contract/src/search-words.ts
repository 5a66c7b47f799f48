/**
 * Text folding for search: used for the index, queries, snippets and titles. Done here and not by a database's
 * tokenizer, so that every engine and client finds the same. (docs/decisions/020-one-fold-for-search.md)
 */

const ASCII_ONLY = /^[\0-\x7f]*$/;

/** A zero-width space separates words in Thai and Khmer. */
const ZERO_WIDTH_SPACE = /\u200b/g;

/**
 * Marks that do not distinguish words: accents, Arabic harakat and tatweel, Hebrew points, invisible characters. Kept:
 * the marks of й and kana (か, が), and the vowel signs of Indic and Southeast Asian scripts.
 */
const NOT_TOLD_APART =
  /[\p{Default_Ignorable_Code_Point}\u0640]|(?<![иИ])\u0306|(?<![[\p{scx=Hira}\p{scx=Kana}]--\p{M}])[\u3099\u309a]|[[\p{Mn}&&[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}]]--[\u0306\u3099\u309a]]/gv;

/** Letters without a Unicode decomposition that people use interchangeably. */
const VARIANTS: Readonly<Record<string, string>> = {
  ς: "σ",
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ى: "ي",
  ی: "ي",
  ک: "ك",
  ة: "ه",
};
const HAS_VARIANT = new RegExp(`[${Object.keys(VARIANTS).join("")}]`, "gu");

/**
 * Folds case, width, accents and encoding: `Straße`, `ＳＴＲＡＳＳＥ` → `strasse`; `İ`, `I`, `ı` → `i`. Linear in the text's
 * length.
 */
export function foldForSearch(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  const bare = text.replace(ZERO_WIDTH_SPACE, " ").normalize("NFKD").replace(NOT_TOLD_APART, "");
  // ẞ lower-cases to ß, which upper-cases to SS; ı upper-cases to I.
  const folded = bare.toLowerCase().toUpperCase().toLowerCase();
  return folded.replace(HAS_VARIANT, (letter) => VARIANTS[letter] ?? letter).normalize("NFC");
}

/** Letters, digits and marks; in scripts without spaces each character is a word. (docs/decisions/014) */
const LETTERS = String.raw`[\p{L}\p{N}\p{M}\p{Co}]`;
const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]`;
const WORDS = new RegExp(`[${LETTERS}&&${UNSPACED}]|[${LETTERS}--${UNSPACED}]+`, "gv");

/** Words are compared by this many UTF-16 units: anything longer is data, not a word. */
const MAX_WORD_LENGTH = 100;

/** The folded words of a text, in order. */
export function searchWords(text: string): string[] {
  return (foldForSearch(text).match(WORDS) ?? []).map(shortened);
}

/** A word with its place in the text: [start, end) in UTF-16 units. */
export interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

/** Clusters that fold independently: a character with its marks, and decomposed Hangul, which is composed. */
const ADDED = String.raw`\p{M}\p{Default_Ignorable_Code_Point}\u0640\uff9e\uff9f`;
const JAMO = String.raw`\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uffa0-\uffdc`;
const CLUSTERS = new RegExp(
  String.raw`(?:[\uac00-\ud7a3][${ADDED}]*)?[${JAMO}][${JAMO}${ADDED}]*|[^][${ADDED}]*`,
  "gv",
);

/** The words of `searchWords` with their places; about ten times slower. */
export function* placedSearchWords(text: string): Generator<PlacedWord, void> {
  let folded = "";
  /** For each unit of `folded`: the offset of its cluster in the text. */
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: cluster, index } of text.matchAll(CLUSTERS)) {
    const piece = foldForSearch(cluster);
    folded += piece;
    for (let unit = 0; unit < piece.length; unit++) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
  }
  for (const { 0: word, index } of folded.matchAll(WORDS)) {
    yield {
      word: shortened(word),
      start: starts[index] ?? 0,
      end: ends[index + word.length - 1] ?? text.length,
    };
  }
}

function shortened(word: string): string {
  return word.length > MAX_WORD_LENGTH ? word.slice(0, MAX_WORD_LENGTH) : word;
}
