/**
 * Everything that a screen would not show as itself: control characters, bidirectional controls, zero-width and other
 * invisible characters, unusual spaces, and lone surrogates.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/**
 * Shows a text exactly, for somebody who has to approve it: line by line, with escapes for whatever could be hidden or
 * misleading.
 *
 * @param mark sets an escape apart from the same characters written out
 */
export function visibleLines(text: string, mark: (escape: string) => string): string[] {
  return text.split("\n").map((line) => line.replaceAll(UNSEEN, (character) => mark(escapeOf(character))));
}

const NAMED: Readonly<Record<string, string>> = { "\t": String.raw`\t`, "\r": String.raw`\r` };

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return NAMED[character] ?? String.raw`\u{${code.toString(16)}}`;
}
