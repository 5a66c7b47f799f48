const MIB = 1_048_576;
const GIB = 1_024 * MIB;

/** Human-readable: `2 GiB`, `1.5 MiB`. */
export function describeBytes(bytes: number): string {
  const [size, unit] = bytes >= GIB ? [bytes / GIB, "GiB"] : [bytes / MIB, "MiB"];
  return `${Number(size.toFixed(1))} ${unit}`;
}
