/**
 * The server creates a nonce per page and passes it in the request's policy header.
 *
 * @returns the nonce of a Content-Security-Policy; undefined if there is none.
 */
export function nonceOf(policy: string | null): string | undefined {
  return policy?.match(/'nonce-([A-Za-z0-9+/_=-]+)'/)?.[1];
}
