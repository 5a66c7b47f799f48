import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** What the built UI calls the place of its files; nothing else in its answers looks like it, for they hold no user's data. */
const FILES = /(?<=^|[^\w.~-])\/_next\//g;

const TEXT = /^(?:text\/|application\/javascript|image\/svg\+xml)/;

/** Headers that would have parts of an answer, or an encoded one: neither could be changed. */
const NEEDS_WHOLE = new Set(["accept-encoding", "range"]);

const compress = promisify(gzip);

/**
 * The UI is built once and for any base path: what its answers name absolutely gets the path on their way. `public/` is written
 * to find out for itself.
 */
export class UiBelowBasePath {
  readonly #basePath: string;

  constructor(basePath: string) {
    this.#basePath = basePath;
  }

  /** What is asked of the UI. */
  asked(headers: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !NEEDS_WHOLE.has(name)));
  }

  /** Headers of an answer. */
  changeHeaders(headers: Headers): void {
    const link = headers.get("link");
    if (link !== null) headers.set("link", this.#change(link));
    const location = headers.get("location");
    if (location?.startsWith("/") === true) headers.set("location", this.#basePath + location);
    if (!isText(headers)) return;
    headers.delete("content-length");
    headers.append("vary", "Accept-Encoding");
  }

  /** @param headers of the answer; tell the encoding then. @returns null for what is no text and stays as it is. */
  async body(
    answer: IncomingMessage,
    { path, headers, accepted }: { path: string; headers: Headers; accepted: string | undefined },
  ): Promise<string | Uint8Array<ArrayBuffer> | null> {
    if (!isText(headers)) return null;
    const body = await text(answer);
    const changed = isOfBuild(path, headers) ? this.#change(body) : body;
    if (accepted === undefined || !/\bgzip\b/.test(accepted)) return changed;
    headers.set("content-encoding", "gzip");
    return new Uint8Array(await compress(changed));
  }

  #change(value: string): string {
    return value.replace(FILES, `${this.#basePath}/_next/`);
  }
}

const isText = (headers: Headers): boolean => TEXT.test(headers.get("content-type") ?? "");

/** Pages, the router's data, and files that the build made. */
function isOfBuild(path: string, headers: Headers): boolean {
  return path.startsWith("/_next/") || /^text\/(?:html|x-component)/.test(headers.get("content-type") ?? "");
}
