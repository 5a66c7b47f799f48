const MAX_LENGTH = 80;

/** Like the server: the first line of the first prompt. */
export function titleOf(prompt: string): string {
  const [line = ""] = prompt.trim().split("\n", 1);
  const text = line.trim();
  return text.length <= MAX_LENGTH
    ? text
    : `${text
        .slice(0, MAX_LENGTH - 1)
        .toWellFormed()
        .trimEnd()}…`;
}
