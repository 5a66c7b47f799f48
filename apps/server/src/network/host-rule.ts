import { isIP } from "node:net";

/** Hosts that commands may reach, e.g. `registry.npmjs.org`, `*.example.com` or `git.example.com:8443`. */
export interface HostRule {
  /** ASCII, lower case. */
  name: string;
  /** Covers the names below `name` instead of `name` itself. */
  isWildcard: boolean;
  /** Absent: those of the web, 80 and 443. */
  port: number | undefined;
}

const WEB_PORTS: readonly number[] = [80, 443];

/** Labels of letters, digits, `-` and `_`, at least two of them (RFC 1123, section 2.1). */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}$/;

/**
 * @returns null unless it names a host. Addresses are none: who owns one changes, and a name can't be checked against it.
 * A wildcard needs two labels after it, since nobody owns a whole top-level domain.
 */
export function parseHostRule(text: string): HostRule | null {
  const match = /^(\*\.)?([^:/@?#\s]+?)(?::(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, wildcard, given = "", digits] = match;
  const name = hostName(given);
  const port = digits === undefined ? undefined : Number(digits);
  if (name === null || (port !== undefined && (port < 1 || port > 65_535))) return null;
  return { name, isWildcard: wildcard !== undefined, port };
}

/** @returns the name as compared: ASCII, lower case, without a final dot; null if it is none, or an address. */
export function hostName(text: string): string | null {
  // Normalises international names, and every spelling of an IPv4 address.
  const hostname = URL.parse(`http://${text}/`)?.hostname.replace(/\.$/, "") ?? "";
  return isIP(hostname) === 0 && HOST_NAME.test(hostname) ? hostname : null;
}

export function formatHostRule({ name, isWildcard, port }: HostRule): string {
  return `${isWildcard ? "*." : ""}${name}${port === undefined ? "" : `:${port}`}`;
}

/** @param host as `hostName` returns it. */
export function covers(rule: HostRule, host: string, port: number): boolean {
  const hasName = rule.isWildcard ? host.endsWith(`.${rule.name}`) : host === rule.name;
  return hasName && (rule.port === undefined ? WEB_PORTS.includes(port) : rule.port === port);
}
