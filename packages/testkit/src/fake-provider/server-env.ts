/** Environment (`ServerFixture`'s `env`) for a server that uses the fake provider at this URL. */
export function serverEnv(url: string): Record<string, string> {
  return { OPENAI_BASE_URL: url, OPENAI_API_KEY: "any", TRUNKLINE_MODEL: "openai-compatible:fake" };
}
