/**
 * The front door makes a nonce for each page and tells it in the policy that it sends along with the request.
 *
 * @returns the nonce of a Content-Security-Policy; undefined where there is none.
 */
export function nonceOf(policy: string | null): string | undefined {
  return policy?.match(/'nonce-([A-Za-z0-9+/_=-]+)'/)?.[1];
}
