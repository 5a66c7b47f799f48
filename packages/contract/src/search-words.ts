/**
 * How texts are compared wherever something is looked for: in the index, in what is typed, in snippets, in titles. Done
 * here and not by a database's tokenizer, so that every engine and every client finds the same.
 * (docs/decisions/020-one-fold-for-search.md)
 */

const ASCII_ONLY = /^[\0-\x7f]*$/;

/** It may part words, in Thai and Khmer, where nothing else does. */
const ZERO_WIDTH_SPACE = /\u200b/g;

/**
 * What does not tell words apart: accents, Arabic harakat and tatweel, Hebrew points, and characters that nobody sees. The marks
 * that do stay: those of й, of kana (か, が), and the vowel signs of Indic and Southeast Asian scripts.
 */
const NOT_TOLD_APART =
  /[\p{Default_Ignorable_Code_Point}\u0640]|(?<![иИ])\u0306|(?<![[\p{scx=Hira}\p{scx=Kana}]--\p{M}])[\u3099\u309a]|[[\p{Mn}&&[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}]]--[\u0306\u3099\u309a]]/gv;

/** Letters that Unicode does not decompose, and that people type one for the other. */
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
 * Case, width, accents and ways to encode the same are folded away: `Straße`, `ＳＴＲＡＳＳＥ` → `strasse`; `İ`, `I`, `ı` → `i`.
 * Linear in the text.
 */
export function foldForSearch(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  const bare = text.replace(ZERO_WIDTH_SPACE, " ").normalize("NFKD").replace(NOT_TOLD_APART, "");
  // ẞ is ß in lower case, which is SS in upper; ı is I in upper.
  const folded = bare.toLowerCase().toUpperCase().toLowerCase();
  return folded.replace(HAS_VARIANT, (letter) => VARIANTS[letter] ?? letter).normalize("NFC");
}

/** Letters, digits and marks; those of scripts that set no spaces between words are a word each. (docs/decisions/014) */
const LETTERS = String.raw`[\p{L}\p{N}\p{M}\p{Co}]`;
const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]`;
const WORDS = new RegExp(`[${LETTERS}&&${UNSPACED}]|[${LETTERS}--${UNSPACED}]+`, "gv");

/** Words are told apart by so many UTF-16 units: what is longer is no word but data. */
const MAX_WORD_LENGTH = 100;

/** The words of a text, folded, in their order. */
export function searchWords(text: string): string[] {
  return (foldForSearch(text).match(WORDS) ?? []).map(shortened);
}

/** A word, and where it comes from in the text: [start, end) in UTF-16 units. */
export interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

/** Parts that fold by themselves: a character with what is added to it, and Hangul in pieces, which is put together. */
const ADDED = String.raw`\p{M}\p{Default_Ignorable_Code_Point}\u0640\uff9e\uff9f`;
const JAMO = String.raw`\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uffa0-\uffdc`;
const CLUSTERS = new RegExp(
  String.raw`(?:[\uac00-\ud7a3][${ADDED}]*)?[${JAMO}][${JAMO}${ADDED}]*|[^][${ADDED}]*`,
  "gv",
);

/** The same words as `searchWords` gives, with their places; some ten times slower. */
export function* placedSearchWords(text: string): Generator<PlacedWord, void> {
  let folded = "";
  /** Of each unit of `folded`: where its cluster is in the text. */
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
