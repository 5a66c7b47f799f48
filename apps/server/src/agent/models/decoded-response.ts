import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";

/** A provider's response, its body as the provider meant it. */
export type ProviderResponse = Readable & { statusCode?: number | undefined; headers: IncomingHttpHeaders };

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Nobody asked for a coded body, but some gateways send one all the same. It is decoded as it is read, so its readers'
 * bounds hold for what comes out.
 */
export function decoded(response: IncomingMessage): ProviderResponse {
  const coding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  const decoder = DECODERS[coding]?.();
  if (decoder === undefined) return response;
  const { "content-encoding": _, "content-length": __, ...headers } = response.headers;
  // Its readers hear of an error from the decoder.
  pipeline(response, decoder, () => undefined);
  return Object.assign(decoder, { statusCode: response.statusCode, headers });
}
