/** What makes a server use the fake provider at this URL: for `ServerFixture`'s `env`. */
export function serverEnv(url: string): Record<string, string> {
  return { OPENAI_BASE_URL: url, OPENAI_API_KEY: "any", TRUNKLINE_MODEL: "openai-compatible:fake" };
}
