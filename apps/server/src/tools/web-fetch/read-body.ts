import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { FetchError } from "./fetch-error.ts";

/** Encodings that are requested, and others that servers use anyway. */
export const ACCEPTED_ENCODINGS = "gzip, br";
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export interface Body {
  bytes: Buffer;
  /** The limit was exceeded. */
  isCut: boolean;
}

/**
 * Reads a response body up to `maxBytes`, counted both compressed and decompressed, so a decompression bomb is never
 * expanded further.
 * @throws FetchError for an unknown encoding; errors of the network and zlib.
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Body> {
  const encoding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const unpacked = encoding === "identity" || encoding === "" ? response : unpack(response, encoding);
  const meter = { received: 0 };
  if (unpacked !== response) {
    response.on("data", (chunk: Buffer) => {
      meter.received += chunk.length;
      if (meter.received > maxBytes)
        response.destroy(new FetchError(`The page has more than ${maxBytes} bytes`));
    });
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpacked as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxBytes - length));
    length += chunk.length;
    // Leaving the loop ends the stream and the connection.
    if (length > maxBytes) return { bytes: Buffer.concat(chunks), isCut: true };
  }
  return { bytes: Buffer.concat(chunks), isCut: false };
}

function unpack(response: IncomingMessage, encoding: string): Readable {
  const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (create === undefined) {
    response.destroy();
    throw new FetchError(`Unsupported content encoding '${encoding}'`);
  }
  const decoder = create();
  // Either one's end ends the other; the decoder's reader sees the error.
  pipeline(response, decoder, () => undefined);
  return decoder;
}
