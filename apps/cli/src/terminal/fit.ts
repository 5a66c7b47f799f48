import cliTruncate from "cli-truncate";

/** Maximum characters per column, counting combining marks and colours; beyond that nothing is measured. */
const CHARACTERS_PER_COLUMN = 16;

/**
 * @returns the text cut to this many columns, with an ellipsis; unchanged if the width is Infinity. The cost is bounded
 * by the width, not the length.
 */
export function fit(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  const columns = Math.max(1, width);
  const most = columns * CHARACTERS_PER_COLUMN;
  if (text.length <= most) return cliTruncate(text, columns);
  const shortened = cliTruncate(text.slice(0, most), columns);
  return shortened.endsWith("…") ? shortened : `${shortened}…`;
}
