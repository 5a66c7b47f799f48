/** A place in the file, as `explainIssue` writes it: `mcpServers["my server"].args[0]`. @returns null for what is no path */
export function parseSettingPath(text: string): (string | number)[] | null {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const [whole = "", index, quoted, plain] =
      /^(?:\[(\d{1,6})\]|\[("(?:[^"\\]|\\.)*")\]|\.?([\w$-]+))/.exec(rest) ?? [];
    if (whole === "" || (path.length === 0 && whole.startsWith("."))) return null;
    try {
      path.push(index === undefined ? (plain ?? (JSON.parse(quoted ?? "") as string)) : Number(index));
    } catch {
      return null;
    }
    rest = rest.slice(whole.length);
  }
  return path.length === 0 ? null : path;
}
