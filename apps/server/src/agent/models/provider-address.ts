/** Where a provider is asked. */
export interface ProviderAddress {
  /** Base of all its paths, without a slash at the end, credentials, query and fragment. */
  base: string;
  /** Goes behind every path, its question mark included; empty where there is none. May hold a key. */
  query: string;
  /** Of basic authentication; null where the address holds no credentials. */
  credentials: { user: string; password: string } | null;
}

/** Paths that people copy along with the address. */
const ENDPOINTS = /\/(?:chat\/completions|completions|responses|messages|models|embeddings)$/;

/**
 * Reads a provider's base address as people write it: quoted, with an endpoint behind it, with credentials in it.
 * @param defaultPath of an address that has none, e.g. `/v1`.
 * @throws Error that says what is wrong, without the address's secrets.
 */
export function parseProviderAddress(text: string, defaultPath = ""): ProviderAddress {
  const address = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (!/^https?:\/\//i.test(address)) {
    const shown = /^[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(address) ? ` Did you mean http://${address}?` : "";
    throw new Error(`takes an address that begins with http:// or https://.${shown}`);
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

/** The full address of one of the provider's paths, e.g. `/models`. */
export function addressOf({ base, query }: ProviderAddress, path: string): string {
  return `${base}${path}${query}`;
}

/** All that is secret in an address, in each form that it may be quoted in. */
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
