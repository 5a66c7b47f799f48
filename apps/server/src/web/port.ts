/** The process that renders the UI, as seen by HTTP. */
export interface Web {
  /** `development` compiles on demand and needs a wider content policy. */
  readonly mode: "production" | "development";
  /** Its address, e.g. `http://127.0.0.1:43121`; null while it starts. */
  url(): string | null;
  /** Why it will not start until somebody does something, and what; null: it runs or starts. */
  problem(): string | null;
}
