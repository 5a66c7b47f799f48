const REDACTED = "[redacted]";

/** Userinfo between scheme and host (RFC 3986, 3.2.1). Bounded, so that no text makes it slow. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]{1,256}@/gi;
/** A header with credentials, in any form in which requests are quoted. */
const HEADER =
  /\b((?:proxy-)?authorization|x-api-key|api[-_]?key|x-goog-api-key)(["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:bearer|basic)\s{1,4})?[^\s"',;]{4,}/gi;
/** RFC 6750, 2.1, without a header name before it. Ordinary words after "bearer" are shorter. */
const BEARER = /\b(bearer\s{1,4})[a-z0-9._~+/=-]{16,}/gi;
/** Credentials in a query string. */
const QUERY = /([?&](?:key|api_?key|token|access_token|code|secret|password)=)[^\s&#"'<>]{4,}/gi;

/** Redacts anything that looks like credentials from the message of a failed request. */
export function redactCredentials(text: string): string {
  return text
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(HEADER, `$1$2${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(QUERY, `$1${REDACTED}`);
}
