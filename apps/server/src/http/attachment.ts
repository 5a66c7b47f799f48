/**
 * A `Content-Disposition` that saves under this name (RFC 6266): as ASCII for old programs, and as UTF-8 (RFC 8187).
 * Names come from tasks: control characters, which could end the header or the line of a terminal, marks that reverse
 * the reading direction, and path separators become `_`.
 */
export function attachment(name: string): string {
  const safe =
    name
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}/\\:*?"<>|]/gu, "_")
      .replace(/^[. ]+$/, "_")
      .slice(0, 200)
      .toWellFormed() || "file";
  const ascii = safe.replaceAll(/[^\x20-\x7e]/g, "_").replaceAll("%", "_");
  const header = `attachment; filename="${ascii}"`;
  return ascii === safe ? header : `${header}; filename*=UTF-8''${encoded(safe)}`;
}

/** `attr-char` of RFC 8187 leaves fewer characters as they are than encodeURIComponent does. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
