/** A word that short is no secret, and would blot out half of every message. */
const MIN_SECRET_LENGTH = 8;

/** Takes a provider's secrets out of what it said, in the ways that they are quoted. */
export function createSecretRedactor(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets.flatMap(spellings))]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    // Where one begins with another, all of it goes.
    .toSorted((a, b) => b.length - a.length);
  if (known.length === 0) return (text) => text;
  const pattern = new RegExp(known.map((secret) => RegExp.escape(secret)).join("|"), "g");
  return (text) => text.replace(pattern, "[redacted]");
}

function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}
