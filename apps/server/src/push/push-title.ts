/** In characters, as a notification shows it. */
const LONGEST = 80;

/** A session's title on a lock screen: on one line, and without characters that are not seen or turn others round. */
export function titleOf(title: string): string {
  const shown = title
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, "")
    .trim();
  const characters = Array.from(new Intl.Segmenter().segment(shown), ({ segment }) => segment);
  return characters.length <= LONGEST
    ? shown
    : `${characters
        .slice(0, LONGEST - 1)
        .join("")
        .trimEnd()}…`;
}
