/** What every request to a server needs; shared by calls and streams. */
export interface Connection {
  /** Base URL without a trailing slash; empty in a browser (same origin). */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
}

/** How to reach and authenticate with a server. */
export interface ClientOptions {
  /** Base URL, e.g. `http://127.0.0.1:4400`; `""` in a page served by the server itself. */
  url: string;
  /** Bearer token. Absent in a signed-in browser, which sends its cookie. */
  token?: string | undefined;
  /** Replaces the global `fetch`, e.g. to go through a proxy. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Added to every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Sends a mutation that is called again with the same input while it is in flight only once, as behind a button. */
  joinsCalls?: boolean | undefined;
}

/** @throws TypeError if the token is none; it is not quoted: whatever it is may be secret. */
export function toConnection(options: ClientOptions): Connection {
  if (options.token !== undefined && !isToken(options.token)) {
    throw new TypeError(
      "The token is not one: it has spaces, line breaks or other characters that tokens don't have",
    );
  }
  const { fetch = (...request) => globalThis.fetch(...request) } = options;
  return {
    url: options.url.replace(/\/+$/, ""),
    // Called without a receiver: a browser's fetch rejects any other `this`. The server redirects no call: neither prompts nor
    // answers are for whoever somebody else redirects to.
    fetch: async (input, init) => {
      const send = () => fetch(input, { ...init, redirect: "error" });
      const answer = await send();
      // The server had given the connection up before the request came, which nobody has read then (RFC 9110, 15.5.9).
      return answer.status === 408 && !(init?.body instanceof ReadableStream) ? send() : answer;
    },
    headers: {
      ...options.headers,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
  };
}

/** Whether a text can be a bearer token at all (RFC 6750, "b64token"). */
export function isToken(text: string): boolean {
  return /^[\w.~+/-]+=*$/.test(text);
}
