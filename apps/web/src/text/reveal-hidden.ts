// oxlint-disable no-control-regex -- they are what this file is about
/**
 * Characters that cannot be seen and change what is: they turn the order of the text around them (UAX #9, the attack of
 * CVE-2021-42574), join or split words without a trace, or are controls that no screen shows.
 */
const UNSEEN =
  /([\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u200B\u2028\u2029\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}])\1*/gu;
/** More of the same in a row are counted. */
const MIN_RUN = 4;

/** Controls that no screen shows; browsers look long for a glyph for each of them. */
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]+/g;

/** For prose, where they mean nothing. */
export const withoutControls = (text: string): string => text.replaceAll(CONTROLS, "");

/** Shows them by their numbers: for commands, code and names, where what one reads must be what is meant. */
export function revealHidden(text: string): string {
  return text.replaceAll(UNSEEN, (run) => {
    const [unseen] = run;
    const name = (unseen?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const count = run.length / (unseen?.length ?? 1);
    return count < MIN_RUN ? `⟨${name}⟩`.repeat(count) : `⟨${name} ×${count}⟩`;
  });
}
