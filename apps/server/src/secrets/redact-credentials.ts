const REDACTED = "[redacted]";

/** What stands between a scheme and a host (RFC 3986, 3.2.1). Bounded, so that no text makes it slow. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]{1,256}@/gi;
/** A header that carries credentials, in any of the ways in which requests are quoted. */
const HEADER =
  /\b((?:proxy-)?authorization|x-api-key|api[-_]?key|x-goog-api-key)(["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:bearer|basic)\s{1,4})?[^\s"',;]{4,}/gi;
/** RFC 6750, 2.1, without a header's name before it. Words that follow "bearer" are shorter. */
const BEARER = /\b(bearer\s{1,4})[a-z0-9._~+/=-]{16,}/gi;
/** Credentials in the query of an address. */
const QUERY = /([?&](?:key|api_?key|token|access_token|code|secret|password)=)[^\s&#"'<>]{4,}/gi;

/** Takes out what looks like credentials, whoever's they are, from words about a request that failed. */
export function redactCredentials(text: string): string {
  return text
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(HEADER, `$1$2${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(QUERY, `$1${REDACTED}`);
}
