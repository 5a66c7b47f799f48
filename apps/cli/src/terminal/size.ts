/** @returns a size, e.g. `512 bytes`, `12.3 kB`, `4.5 MB`, `1.2 GB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const units = ["kB", "MB", "GB"] as const;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** @returns a number of tokens as people say it, e.g. `272k`, `1M`, `1.05M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1_000) return String(tokens);
  if (tokens < 1_000_000) return `${Math.round(tokens / 1_000)}k`;
  return `${Math.round(tokens / 10_000) / 100}M`;
}
