/** A directory as git reads it in a URL, where `%41` is a letter. */
export function directoryUrl(path: string): string {
  return `file://${path.replaceAll("%", "%25")}`;
}
