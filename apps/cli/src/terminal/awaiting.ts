import type { Output } from "./output.ts";
import { openStatusLine } from "./status-line.ts";

/** What is done sooner needs no explanation, and would only flicker. In milliseconds. */
const SHOW_AFTER_MS = 250;

/**
 * Says on the line below what is being waited for, as long as it is.
 *
 * @param label what, e.g. `copying the session`
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
