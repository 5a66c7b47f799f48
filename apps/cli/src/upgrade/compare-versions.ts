const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?$/;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Below, at or above zero, as `one` is older than, the same as or newer than `other` (semver 2.0.0, 11). */
export function compareVersions(one: string, other: string): number {
  const [, ...a] = VERSION.exec(one) ?? [];
  const [, ...b] = VERSION.exec(other) ?? [];
  for (const index of [0, 1, 2]) {
    const difference = Number(a[index]) - Number(b[index]);
    if (difference !== 0) return difference;
  }
  const [before, than] = [a[3], b[3]];
  if (before === than) return 0;
  // What leads up to a version is older than it.
  if (before === undefined || than === undefined) return before === undefined ? 1 : -1;
  return new Intl.Collator("en", { numeric: true }).compare(before, than);
}
