import { describe, expect, it } from "vitest";
import { ChunkedBody } from "./chunked-body.ts";
import { SseFrames } from "./sse-frames.ts";

/** Bytes on the wire, in reads of this size, as the resulting messages. */
function readIn(size: number, wire: Buffer): string[] {
  const body = new ChunkedBody();
  const frames = new SseFrames();
  const messages: string[] = [];
  for (let at = 0; at < wire.length; at += size) {
    const read = Buffer.from(wire.subarray(at, at + size));
    const end = body.compact(read, 0, read.length);
    frames.read(read.subarray(0, end), (frame) => messages.push(frame.toString("utf8")));
  }
  expect(body.ended).toBe(true);
  return messages;
}

function chunk(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)};ext=1\r\n`), bytes, Buffer.from("\r\n")]);
}

const MESSAGES = [
  "event: connected\ndata: {}",
  'data: {"a":"ü€😀"}\nid: 1',
  `data: ${"x".repeat(300)}\nid: 22`,
];

describe("reading a chunked event stream", () => {
  const whole = MESSAGES.map((message) => `${message}\n\n`).join("");
  // node:http writes a message at once; tRPC writes line by line, with one blank line too many.
  const encodings = {
    "a message per chunk": MESSAGES.map((message) => chunk(`${message}\n\n`)),
    "a line per chunk": MESSAGES.flatMap((message) => [
      ...message.split("\n").map((line) => chunk(`${line}\n`)),
      chunk("\n\n"),
    ]),
    "everything in one chunk": [chunk(whole)],
    "a byte per chunk": Array.from(Buffer.from(whole), (byte) =>
      Buffer.concat([Buffer.from("1\r\n"), Buffer.from([byte]), Buffer.from("\r\n")]),
    ),
  };

  for (const [name, chunks] of Object.entries(encodings)) {
    it(`gives the same messages however the bytes arrive: ${name}`, () => {
      const wire = Buffer.concat([...chunks, Buffer.from("0\r\nTrailer: x\r\n\r\n")]);
      for (let size = 1; size <= 40; size++) expect(readIn(size, wire)).toEqual(MESSAGES);
      expect(readIn(wire.length, wire)).toEqual(MESSAGES);
    });
  }
});
