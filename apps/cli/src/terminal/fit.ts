import cliTruncate from "cli-truncate";

/** @returns the text cut to so many columns, with an ellipsis; as it is where the width is Infinity. */
export function fit(text: string, width: number): string {
  return width === Number.POSITIVE_INFINITY ? text : cliTruncate(text, Math.max(1, width));
}
