import type { IncomingMessage } from "node:http";
import type { Site } from "./site.ts";

/** A host with port as browsers send it; anything else is not worth quoting. */
const HOST = /^(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** What to set where the host is this server's: names are compared with their port, which is easily forgotten. */
export function settingForHost(host: string): string {
  return `TRUNKLINE_ALLOWED_HOSTS=${HOST.test(host) ? host.toLowerCase() : "HOST:PORT"}`;
}

/**
 * First check of a request: is it meant for this server? A page of another site whose name points to 127.0.0.1 (DNS
 * rebinding, CVE-2024-28224) sends its own name as Host and is refused.
 *
 * @returns why it is refused, or null
 */
export function refuseTarget(incoming: IncomingMessage, site: Site): string | null {
  const host = onlyHost(incoming.rawHeaders);
  if (host === null || !site.allowsHost(host)) {
    return `Unknown host. If it is this server's, set ${settingForHost(host ?? "")} and restart it`;
  }
  // An absolute target overrides the Host header (RFC 9112, 3.2.2), so both have to agree.
  const target = incoming.url ?? "";
  if (target.startsWith("/")) return null;
  const sameHost = URL.canParse(target) && new URL(target).origin === URL.parse(`http://${host}`)?.origin;
  return sameHost ? null : "The request's target names another server than its Host header";
}

/** @returns null unless there is exactly one: with two, a proxy may have checked the other. */
function onlyHost(rawHeaders: readonly string[]): string | null {
  let host: string | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== "host") continue;
    if (host !== null) return null;
    host = rawHeaders[index + 1] ?? null;
  }
  return host;
}
