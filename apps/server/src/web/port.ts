/** The process that renders the UI, as HTTP sees it. */
export interface Web {
  /** `development` compiles while it serves, and needs a wider content policy. */
  readonly mode: "production" | "development";
  /** Where it listens, e.g. `http://127.0.0.1:43121`; null while it starts. */
  url(): string | null;
}
