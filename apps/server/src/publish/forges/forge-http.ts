import { TrunklineError } from "@trunkline/contract";
import type { z } from "zod";
import { parseForeignJson } from "../../common/foreign-json.ts";
import { printable } from "../../common/printable.ts";
import { readBounded } from "./read-bounded.ts";
import { refusal } from "./refusal.ts";

export interface ForgeHttpOptions {
  /** For messages, e.g. `GitHub`. */
  name: string;
  /** Root of the API, without a slash at its end. The token goes there and nowhere else. */
  root: string;
  /** With the token. */
  headers: Readonly<Record<string, string>>;
  /** The token itself, which no message may repeat. */
  token: string;
  signal: AbortSignal;
}

export type Query = Readonly<Record<string, string | number>>;

/** Patience with one request, in ms. */
const TIMEOUT_MS = 30_000;
/** Bound of a list: more pages than this are not read. */
const MAX_PAGES = 20;
const PAGE_SIZE = 100;
/** Nor pages after so much of all answers together, in UTF-16 units: anybody can write comments. */
const MAX_READ_LENGTH = 16 * 1_048_576;

/** Requests to a forge's API. Redirects are refused: they would take the token elsewhere. */
export class ForgeHttp {
  readonly #options: ForgeHttpOptions;
  #read = 0;

  constructor(options: ForgeHttpOptions) {
    this.#options = options;
  }

  /** Whether no more than what is needed should be asked for. */
  get hasReadEnough(): boolean {
    return this.#read > MAX_READ_LENGTH;
  }

  async get<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    return this.#send("GET", path, schema, { query });
  }

  async post<T>(path: string, schema: z.ZodType<T>, body: object): Promise<T> {
    return this.#send("POST", path, schema, { body });
  }

  /**
   * All items of a list that comes in pages. The next page is asked for by its number and not by a link, which could
   * lead elsewhere. @param items takes a page apart; @param size what the forge calls the size of a page.
   */
  async list<Page, Item>(
    path: string,
    schema: z.ZodType<Page>,
    items: (page: Page) => readonly Item[],
    { query = {}, size = "per_page" }: { query?: Query; size?: "per_page" | "limit" } = {},
  ): Promise<Item[]> {
    const found: Item[] = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const next = items(await this.get(path, schema, { ...query, [size]: PAGE_SIZE, page }));
      found.push(...next);
      // A forge may have smaller pages than it was asked for, so a short one is not known to be the last.
      if (next.length === 0 || this.hasReadEnough) break;
      if (next.length < PAGE_SIZE && size === "per_page") break;
    }
    return found;
  }

  async #send<T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    { query = {}, body }: { query?: Query; body?: object },
  ): Promise<T> {
    const { name, root, headers, signal } = this.#options;
    const url = new URL(root + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: {
          accept: "application/json",
          "user-agent": "trunkline",
          ...headers,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      text = await readBounded(response);
      this.#read += text.length;
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof TrunklineError) throw cause;
      throw this.#failed(`${name} at ${url.host} can't be reached: ${whatHappened(cause)}`, cause);
    }
    if (!response.ok) throw refusal(response, text, this.#options);
    return this.#parse(text, schema, `${method} ${path}`);
  }

  #parse<T>(text: string, schema: z.ZodType<T>, request: string): T {
    let json: unknown;
    try {
      json = parseForeignJson(text);
    } catch (cause) {
      throw this.#failed(`${this.#options.name} did not answer with JSON to ${request}`, cause);
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? "" : `: ${issue.path.join(".")} ${issue.message}`;
    throw this.#failed(
      `${this.#options.name} answered ${request} in a form that Trunkline does not know${where}`,
    );
  }

  #failed(message: string, cause?: unknown): TrunklineError {
    const { token } = this.#options;
    return new TrunklineError("remote_failed", printable(message.replaceAll(token, "…")), { cause });
  }
}

function whatHappened(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1_000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
