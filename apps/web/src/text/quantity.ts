/** `950`, `1.2k`, `34k`, `1.8M`. */
export function compactCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 999_500) return `${count < 9_950 ? (count / 1_000).toFixed(1) : Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** `512 B`, `4.0 KB`, `1.2 MB`, `3.4 GB`. */
export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`;
  if (count < 1_048_576) return `${(count / 1_024).toFixed(1)} KB`;
  if (count < 1_073_741_824) return `${(count / 1_048_576).toFixed(1)} MB`;
  return `${(count / 1_073_741_824).toFixed(1)} GB`;
}

let thousands: Intl.NumberFormat | undefined;

/** `950`, `1,234`. Most counts are small, and the first formatter costs a page that opens some 20 ms. */
export function grouped(count: number): string {
  if (Number.isInteger(count) && Math.abs(count) < 1_000) return String(count);
  return (thousands ??= new Intl.NumberFormat("en")).format(count);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
