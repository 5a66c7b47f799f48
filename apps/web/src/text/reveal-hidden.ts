// oxlint-disable no-control-regex -- they are what this file is about
/**
 * Invisible characters that change meaning: they reorder the surrounding text (UAX #9, the attack of CVE-2021-42574),
 * join or split words invisibly, or are control characters.
 */
const UNSEEN =
  /([\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u200B\u2028\u2029\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}])\1*/gu;
/** Longer runs are counted. */
const MIN_RUN = 4;

/** Control characters; browsers search slowly for their glyphs. */
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]+/g;

/** For prose, where they mean nothing. */
export const withoutControls = (text: string): string => text.replaceAll(CONTROLS, "");

/** Shows them as code points: in commands, code and names, what one reads must be what is there. */
export function revealHidden(text: string): string {
  return text.replaceAll(UNSEEN, (run) => {
    const [unseen] = run;
    const name = (unseen?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const count = run.length / (unseen?.length ?? 1);
    return count < MIN_RUN ? `⟨${name}⟩`.repeat(count) : `⟨${name} ×${count}⟩`;
  });
}
