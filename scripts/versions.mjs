/**
 * @param {string} text such as `v24.16.0` or `12.21.0-rc.1`
 * @returns {{ major: number, minor: number } | undefined} undefined where it is no version
 */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.\d+/.exec(text.trim());
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/**
 * Node 24.16 or a later 24, or 26 and later: these run the sources as they are.
 *
 * @param {string} version
 */
export function nodeIsUsable(version) {
  const parsed = parseVersion(version);
  if (parsed === undefined) return false;
  return parsed.major >= 26 || (parsed.major === 24 && parsed.minor >= 16);
}

/**
 * pnpm 12, which the lockfile and pnpm-workspace.yaml are written for.
 *
 * @param {string} version
 */
export function pnpmIsUsable(version) {
  return parseVersion(version)?.major === 12;
}
