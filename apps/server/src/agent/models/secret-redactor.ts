/** Shorter values are not secrets, and replacing them would garble every message. */
const MIN_SECRET_LENGTH = 8;

/** Redacts a provider's secrets from its messages, in every form in which they are quoted. */
export function createSecretRedactor(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets.flatMap(spellings))]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    // Longest first, in case one is a prefix of another.
    .toSorted((a, b) => b.length - a.length);
  if (known.length === 0) return (text) => text;
  const pattern = new RegExp(known.map((secret) => RegExp.escape(secret)).join("|"), "g");
  return (text) => text.replace(pattern, "[redacted]");
}

function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}
