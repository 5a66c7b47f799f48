/** An answer of the UI's process, whole. */
export interface UiAnswer {
  status: number;
  headers: Headers;
  /** Null where the status or the method has none. */
  body: Uint8Array<ArrayBuffer> | string | null;
}

/** Many times what a build has. */
const MAX_BYTES = 64_000_000;

/**
 * Files of the UI's build, whose names change with their content. Each is in memory once, however many clients ask for
 * it and do not read it, and the UI's process is asked for it once.
 */
export class UiFiles {
  readonly #maxBytes: number;
  readonly #files = new Map<string, UiAnswer>();
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): UiAnswer | undefined {
    return this.#files.get(name);
  }

  /** Keeps what will never be another. A build that is being developed says that of nothing. */
  keep(name: string, answer: UiAnswer): void {
    const bytes = answer.body?.length ?? 0;
    const isFinal = answer.status === 200 && /\bimmutable\b/.test(answer.headers.get("cache-control") ?? "");
    if (!isFinal || this.#files.has(name) || this.#bytes + bytes > this.#maxBytes) return;
    this.#files.set(name, answer);
    this.#bytes += bytes;
  }
}

/**
 * @param headers of the client
 * @returns what a file of the build is kept as, and how to ask for it so that the answer suits everybody: whole, for each way
 * to write its path, in one of two encodings. Null for everything else
 */
export function buildFile(
  pathname: string,
  headers: Headers,
): { name: string; request: { method: "GET"; path: string; headers: Headers } } | null {
  if (!pathname.startsWith("/_next/static/")) return null;
  const encoding = /\bgzip\b/.test(headers.get("accept-encoding") ?? "") ? "gzip" : "identity";
  try {
    return {
      name: `${encoding} ${decodeURIComponent(pathname)}`,
      request: { method: "GET", path: pathname, headers: new Headers({ "accept-encoding": encoding }) },
    };
  } catch {
    return null;
  }
}
