const SAFE_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/**
 * What a model writes is not to be trusted: of its links, the ones to other pages and to mail work, with nothing
 * relative to this page, and none that runs or carries something.
 *
 * @returns the address as the browser would read it; null where the link must stay dead.
 */
export function safeUrl(address: string | undefined): URL | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  return SAFE_PROTOCOLS.has(url.protocol) ? url : null;
}
