import cliTruncate from "cli-truncate";

/** Characters that a column may take, with its combining marks and colours; beyond that nobody measures. */
const CHARACTERS_PER_COLUMN = 16;

/**
 * @returns the text cut to so many columns, with an ellipsis; as it is where the width is Infinity. A text of any
 * length costs no more than one that just does not fit.
 */
export function fit(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  const columns = Math.max(1, width);
  const most = columns * CHARACTERS_PER_COLUMN;
  if (text.length <= most) return cliTruncate(text, columns);
  const shortened = cliTruncate(text.slice(0, most), columns);
  return shortened.endsWith("…") ? shortened : `${shortened}…`;
}
