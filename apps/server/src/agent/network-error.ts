/** Names that undici gives to a connection's end, where the error has no code. */
const NETWORK_MESSAGES = new Set(["fetch failed", "failed to fetch", "terminated", "other side closed"]);

const NETWORK_CODES =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|UND_ERR_\w+|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+)$/;

/** Causes of causes that are looked at; an error can be its own cause. */
const MAX_DEPTH = 8;

/** @returns what the network says went wrong, e.g. `ECONNREFUSED`, or null where it was something else. */
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
