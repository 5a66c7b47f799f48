import type { ApiDescription } from "./api-description.ts";
import type { ForgeState } from "./forge-state.ts";

export interface Answer {
  status: number;
  body: unknown;
}

export interface Call {
  values: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: Readonly<Record<string, unknown>>;
}

/** How a forge speaks: what it calls things, over the same state. */
export interface ForgeApi {
  description: ApiDescription;
  /** Where its API is below the server's root. */
  root: string;
  /** What the header that carries the token may say. */
  authorizations: (token: string) => string[];
  /** By the operation's name in the description. */
  handlers: Readonly<
    Record<string, (call: Call, state: ForgeState, url: string) => Answer | Promise<Answer>>
  >;
}
