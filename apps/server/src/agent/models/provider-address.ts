/** A provider's address. */
export interface ProviderAddress {
  /** Base URL, without trailing slash, credentials, query and fragment. */
  base: string;
  /** Appended to every path, including its question mark; empty if there is none. May contain a key. */
  query: string;
  /** Basic authentication; null if the address has no credentials. */
  credentials: { user: string; password: string } | null;
}

/** Paths that people copy along with the address. */
const ENDPOINTS = /\/(?:chat\/completions|completions|responses|messages|models|embeddings)$/;

/**
 * Parses a provider's base address as people write it: quoted, with an endpoint, with credentials.
 * @param defaultPath if the address has none, e.g. `/v1`.
 * @throws Error that says what is wrong, without the address's secrets.
 */
export function parseProviderAddress(text: string, defaultPath = ""): ProviderAddress {
  const address = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (!/^https?:\/\//i.test(address)) {
    const shown = /^[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(address) ? ` Did you mean http://${address}?` : "";
    throw new Error(`must be an address that starts with http:// or https://.${shown}`);
  }
  const url = URL.parse(address);
  if (url === null || url.hostname === "") throw new Error("takes an address like http://127.0.0.1:11434/v1");
  const path = url.pathname.replace(/\/+$/, "").replace(ENDPOINTS, "") || defaultPath;
  const credentials =
    url.username === "" && url.password === ""
      ? null
      : { user: decoded(url.username), password: decoded(url.password) };
  return { base: `${url.origin}${path}`, query: url.search, credentials };
}

/** Full URL of one of the provider's paths, e.g. `/models`. */
export function addressOf({ base, query }: ProviderAddress, path: string): string {
  return `${base}${path}${query}`;
}

/** All secrets in an address, in every form in which they may be quoted. */
export function secretsOfAddress({ query, credentials }: ProviderAddress): string[] {
  const values = [...new URLSearchParams(query).values()];
  if (credentials !== null) values.push(credentials.password, basicToken(credentials));
  return values.flatMap((value) => [value, encodeURIComponent(value)]);
}

/** RFC 7617. */
export function basicToken({ user, password }: { user: string; password: string }): string {
  return Buffer.from(`${user}:${password}`, "utf8").toString("base64");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
