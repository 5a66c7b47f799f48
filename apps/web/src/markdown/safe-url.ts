import { pathIn, placed } from "../navigation/base-path.ts";

const SAFE_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);
const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/;

/**
 * A model's links are not trusted: absolute links to web pages and mail addresses work, nothing that runs or carries
 * data. On this server only UI pages work: other addresses have effects, such as signing the reader in as somebody
 * else.
 *
 * @param own the page's location
 * @returns the address as the browser would parse it; null if the link must stay dead.
 */
export function safeUrl(address: string | undefined, own: string | undefined = ownOrigin()): URL | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (!SAFE_PROTOCOLS.has(url.protocol)) return null;
  if (own === undefined || !isSameServer(url, new URL(own))) return url;
  const path = pathIn(url.pathname);
  const isPage = path === "/" || path === "/settings" || /^\/s\/[\w-]+$/.test(path);
  return isPage && url.pathname.startsWith(placed("/")) && url.search === "" ? url : null;
}

const ownOrigin = (): string | undefined => (globalThis.location as Location | undefined)?.origin;

/** Any name of this machine. */
function isSameServer(url: URL, own: URL): boolean {
  const [host, ownHost] = [url.hostname.replace(/\.$/, ""), own.hostname.replace(/\.$/, "")];
  return url.port === own.port && (host === ownHost || (LOOPBACK.test(host) && LOOPBACK.test(ownHost)));
}
