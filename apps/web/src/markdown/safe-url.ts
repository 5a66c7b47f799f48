const SAFE_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);
const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/;

/**
 * What a model writes is not to be trusted: of its links, the ones to other pages and to mail work, with nothing
 * relative to this page, and none that runs or carries something. Of this server, the pages work and nothing else: its
 * other addresses do something, such as signing the reader in as somebody else.
 *
 * @param own where this page is
 * @returns the address as the browser would read it; null where the link must stay dead.
 */
export function safeUrl(address: string | undefined, own: string | undefined = ownOrigin()): URL | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (!SAFE_PROTOCOLS.has(url.protocol)) return null;
  if (own === undefined || !isSameServer(url, new URL(own))) return url;
  const isPage = url.pathname === "/" || url.pathname === "/settings" || /^\/s\/[\w-]+$/.test(url.pathname);
  return isPage && url.search === "" ? url : null;
}

const ownOrigin = (): string | undefined => (globalThis.location as Location | undefined)?.origin;

/** By whatever name this machine is called. */
function isSameServer(url: URL, own: URL): boolean {
  const [host, ownHost] = [url.hostname.replace(/\.$/, ""), own.hostname.replace(/\.$/, "")];
  return url.port === own.port && (host === ownHost || (LOOPBACK.test(host) && LOOPBACK.test(ownHost)));
}
