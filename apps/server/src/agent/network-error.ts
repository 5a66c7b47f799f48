/** Error names for closed connections without a code. */
const NETWORK_MESSAGES = new Set([
  "fetch failed",
  "failed to fetch",
  "terminated",
  "aborted",
  "other side closed",
  "socket hang up",
]);

const NETWORK_CODES =
  /^(ECONN\w+|EPIPE|EPROTO|ETIMEDOUT|ENOTFOUND|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|HPE_\w+|UND_ERR_\w+|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+)$/;

/** Maximum depth of causes; an error can be its own cause. */
const MAX_DEPTH = 8;

/** @returns the network error, e.g. `ECONNREFUSED`; null for other errors. */
export function networkErrorCode(error: unknown): string | null {
  let found: string | null = null;
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH && current instanceof Error; depth++) {
    if ("code" in current && typeof current.code === "string" && NETWORK_CODES.test(current.code)) {
      return current.code;
    }
    if (NETWORK_MESSAGES.has(current.message.toLowerCase())) found ??= current.message;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return found;
}

/** @returns what to do about it: a sentence without its period. */
export function networkAdvice(code: string): string {
  if (code === "ENOTFOUND" || code.startsWith("EAI_"))
    return "Its host name was not found; check the address";
  if (/^(EPROTO|ERR_SSL_WRONG_VERSION|ERR_SSL_PACKET|HPE_)/.test(code)) {
    return "It does not speak the address's protocol; check http:// and https://";
  }
  if (/CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ALTNAME/.test(code)) {
    return "Its certificate is not trusted; NODE_EXTRA_CA_CERTS names a file with your own authority";
  }
  return "Check that it is running and that the address is right";
}
