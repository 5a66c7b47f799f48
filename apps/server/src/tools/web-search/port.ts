/** A search engine. */
export interface WebSearch {
  /** Its name, for people. */
  readonly name: string;
  /** @throws WebSearchError; the signal's reason once aborted. */
  search(query: string, options: { count: number; signal: AbortSignal }): Promise<readonly WebHit[]>;
}

/** A page that was found. All of it is by strangers. */
export interface WebHit {
  title: string;
  url: string;
  text: string;
}

/** The message is for the model; it holds no key. */
export class WebSearchError extends Error {
  override readonly name = "WebSearchError";
}
