import { ownCopy } from "../common/own-copy.ts";

/**
 * Controls other than line ends and tabs; bidirectional and zero-width characters, and Unicode's tags, by which a text can
 * hold what a person who reads it does not see.
 */
const UNSEEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** @returns a stranger's text without what is not seen, cut to a length. */
export function cleanText(text: string, maxLength: number): string {
  const cut = text.length > maxLength * 2 ? text.slice(0, maxLength * 2) : text;
  const clean = cut.toWellFormed().replace(UNSEEN, "");
  const whole = clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 2).toWellFormed()} …`;
  return cut === text && whole === clean ? whole : ownCopy(whole);
}
