/** Properties that hold what nobody should read over a shoulder, though the file should not have any. */
const SECRET = /key|token|secret|passw|credential|authorization|cookie/i;
/** They name a variable. */
const NAME = /^variable$|Variable$/;

const HIDDEN = "(hidden)";

/** What the file says, with what looks like a key or a password left out. @param name of the property that has the value */
export function withoutSecrets(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, name));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, key)]));
  }
  if (typeof value !== "string" || NAME.test(name)) return value;
  if (SECRET.test(name)) return HIDDEN;
  const url = URL.parse(value);
  if (url === null || (url.password === "" && url.username === "")) return value;
  url.username = "";
  url.password = "";
  return url.href.replace("//", `//${HIDDEN}@`);
}
