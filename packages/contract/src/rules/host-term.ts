/** A rule's host. */
export interface HostTerm {
  /** As URLs have it: ASCII, lower case. */
  name: string;
  /** Stands for the names below `name` instead of `name` itself. */
  isWildcard: boolean;
  /** Absent: the default port of http or https. */
  port: string | undefined;
}

/** @returns null unless it names a host or an address. A wildcard takes two labels: nobody owns a whole top-level domain. */
export function parseHostTerm(text: string): HostTerm | null {
  const match = /^(\*\.)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const [, wildcard, given = "", port] = match;
  const url = parseUrl(`http://${given}/`);
  if (url === null || url.pathname !== "/" || (port !== undefined && Number(port) > 65_535)) return null;
  const name = url.hostname.replace(/\.$/, "");
  const isAddress = name.startsWith("[") || /^[0-9.]+$/.test(name);
  if (wildcard !== undefined && (isAddress || !name.includes("."))) return null;
  return name === "" ? null : { name, isWildcard: wildcard !== undefined, port };
}

/** Whether the address is at that host, and at that port. */
export function isAtHost({ name, isWildcard, port }: HostTerm, address: string): boolean {
  const url = parseUrl(address);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return false;
  const host = url.hostname.replace(/\.$/, "");
  if (isWildcard ? !host.endsWith(`.${name}`) : host !== name) return false;
  const given = url.port === "" ? { "http:": "80", "https:": "443" }[url.protocol] : url.port;
  return port === undefined ? url.port === "" : port === given;
}

/** @returns the host that a rule for this address names, with its port unless it is the default one; null if it has none. */
export function hostOfAddress(address: string): string | null {
  const url = parseUrl(address);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  const host = `${url.hostname.replace(/\.$/, "")}${url.port === "" ? "" : `:${url.port}`}`;
  return parseHostTerm(host) === null ? null : host;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
