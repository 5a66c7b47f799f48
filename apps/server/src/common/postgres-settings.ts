/**
 * By these PostgreSQL learns within half a minute that a node is gone without a word. Its own would be two hours, for which such
 * a node's locks hold, and its connections count. Any user may set them; a Unix socket has none.
 */
export const SERVER_KEEPALIVE =
  "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000";

/**
 * @returns the URL with these settings for the connection's start, besides its own
 * @param settings as for PostgreSQL's command line
 */
export function withSettings(url: string, settings: string): string {
  // Settings in the URL override others, and the last one wins: so put all of them into the last.
  const own = [...url.matchAll(/[?&]options=([^&#]*)/g)].at(-1)?.[1] ?? "";
  const options = `${own}${own === "" ? "" : "%20"}${encodeURIComponent(settings)}`;
  return `${url}${url.includes("?") ? "&" : "?"}options=${options}`;
}
