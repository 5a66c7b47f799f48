import type { Output } from "./output.ts";
import { openStatusLine } from "./status-line.ts";

/** Shorter waits would only flicker, in ms. */
const SHOW_AFTER_MS = 250;

/**
 * Shows what is being waited for on the line below.
 *
 * @param label e.g. `copying the session`
 */
export async function awaiting<T>(output: Output, label: string, work: Promise<T>): Promise<T> {
  using status = openStatusLine(output);
  const show = setTimeout(() => status.show({ label, detail: "" }), SHOW_AFTER_MS);
  try {
    return await work;
  } finally {
    clearTimeout(show);
  }
}
