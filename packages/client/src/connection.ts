/** What a request to one server needs; calls and streams share it. */
export interface Connection {
  /** Base of the server without a trailing slash; empty in a browser: the page's own origin. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
}

/** How to reach and authenticate with a server. */
export interface ClientOptions {
  /** Base URL, e.g. `http://127.0.0.1:4400`; `""` in a browser page that the server itself serves. */
  url: string;
  /** Bearer token. Absent in a signed-in browser, which sends its cookie. */
  token?: string | undefined;
  /** Replaces the global `fetch`, e.g. to go through a proxy. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Added to every request. */
  headers?: Readonly<Record<string, string>> | undefined;
}

export function toConnection(options: ClientOptions): Connection {
  return {
    url: options.url.replace(/\/+$/, ""),
    // Called as a plain function: a browser's fetch refuses any other `this`.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    headers: {
      ...options.headers,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
  };
}
