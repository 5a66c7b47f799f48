import { createReadStream } from "node:fs";
import type { DocumentEvent } from "./document-rules.ts";

/** Events per commit: an import must not delay others for long. */
const MAX_EVENTS = 500;
const MAX_BYTES = 500_000;

const NEW_LINE = 0x0a;

/** Reads the events written by check-document-job.ts, one commit's worth at a time. */
export async function* readEventLines(path: string): AsyncGenerator<DocumentEvent[], void> {
  let events: DocumentEvent[] = [];
  let bytes = 0;
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end !== -1; end = chunk.indexOf(NEW_LINE, from)) {
      begun.push(chunk.subarray(from, end));
      const line = Buffer.concat(begun);
      begun = [];
      from = end + 1;
      if (events.length > 0 && bytes + line.length > MAX_BYTES) {
        yield events;
        events = [];
        bytes = 0;
      }
      events.push(JSON.parse(line.toString()) as DocumentEvent);
      bytes += line.length;
      if (events.length < MAX_EVENTS) continue;
      yield events;
      events = [];
      bytes = 0;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (events.length > 0) yield events;
}
