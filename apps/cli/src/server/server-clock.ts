/** Resolution of the `date` header (RFC 9110, section 5.6.7), in ms. */
const SECOND_MS = 1_000;

/**
 * The server's clock, by which everything that it tells was timed: this machine's may be wrong by hours. Each answer tells
 * the time to the second; as long as this machine's clock fits that, it is taken.
 */
export class ServerClock {
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;

  /** A `fetch` whose answers set the clock. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const askedAt = Date.now();
    const answer = await globalThis.fetch(input, init);
    const date = Date.parse(answer.headers.get("date") ?? "");
    if (!Number.isNaN(date)) {
      this.#least = date - Date.now();
      this.#most = date + SECOND_MS - askedAt;
    }
    return answer;
  };

  /** Ms since the epoch, of the server that answered last; before any answer, of this machine. */
  now(): number {
    const fits = this.#least <= 0 && this.#most >= 0;
    return Date.now() + (fits ? 0 : Math.round((this.#least + this.#most) / 2));
  }
}
