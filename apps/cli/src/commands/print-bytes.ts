import { once } from "node:events";
import type { Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";

/** Prints a file: byte by byte into a pipe, and on a terminal without what could take it over. */
export async function printBytes(out: Output, content: AsyncIterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of content) {
    if (out.gone.aborted) return;
    if (out.isTerminal) await out.write(plainText(decoder.decode(bytes, { stream: true })));
    else if (!out.stream.write(bytes)) await drained(out);
  }
}

async function drained({ stream, gone }: Output): Promise<void> {
  await once(stream, "drain", { signal: gone }).catch((error: unknown) => {
    if (!gone.aborted) throw error;
  });
}
