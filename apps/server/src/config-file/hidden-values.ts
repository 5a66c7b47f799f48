/** Properties that hold what nobody should read over a shoulder, though the file should not have any. */
const SECRET = /key|token|secret|passw|credential|authorization|cookie/i;
/** They name a variable. */
const NAME = /^variable$|Variable$/;

/** An argument that says what the next one is, or has it behind `=`. */
const OPTION = /^(-{1,2}[\w-]+)(=.+)?$/s;
/** A header as an argument, such as `Authorization: Bearer …`. */
const HEADER = /^([\w-]+:\s*)\S/;
/** What providers' keys look like, wherever they stand. */
const KEY =
  /\b(?:sk|pk|rk|xox[abprs]|gh[opsu]|glpat|github_pat|hf|tl)[-_][\w-]{12,}|\bAKIA[A-Z\d]{16}\b|\bBearer\s+\S+/g;

const HIDDEN = "(hidden)";

/** What the file says, with what looks like a key or a password left out. @param name of the property that has the value */
export function withoutSecrets(value: unknown, name = ""): unknown {
  if (Array.isArray(value))
    return name === "args" ? argumentsWithoutSecrets(value) : value.map((item) => withoutSecrets(item, name));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, key)]));
  }
  if (typeof value !== "string" || NAME.test(name)) return value;
  if (SECRET.test(name)) return HIDDEN;
  return addressWithoutSecrets(value).replaceAll(KEY, HIDDEN);
}

function argumentsWithoutSecrets(args: readonly unknown[]): unknown[] {
  return args.map((arg, index) => {
    const before: unknown = args[index - 1];
    if (typeof arg !== "string") return withoutSecrets(arg);
    const [, option = "", own] = OPTION.exec(arg) ?? [];
    if (own !== undefined && SECRET.test(option)) return `${option}=${HIDDEN}`;
    if (option === "" && typeof before === "string" && isSecretOption(before)) return HIDDEN;
    const [, header] = HEADER.exec(arg) ?? [];
    if (header !== undefined && SECRET.test(header)) return `${header}${HIDDEN}`;
    // A variable, as `docker run --env NAME=value` takes it.
    const [, variable] = /^(\w+)=./s.exec(arg) ?? [];
    if (variable !== undefined && SECRET.test(variable)) return `${variable}=${HIDDEN}`;
    return withoutSecrets(arg);
  });
}

function isSecretOption(arg: string): boolean {
  const [, option = "", own] = OPTION.exec(arg) ?? [];
  return own === undefined && SECRET.test(option);
}

/** Name and password, and parameters that are called like a key. */
function addressWithoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  const names = [...url.searchParams.keys()].filter(
    (name) => SECRET.test(name) || /^(?:auth|sig|code)$/i.test(name),
  );
  const hasUser = url.password !== "" || url.username !== "";
  if (names.length === 0 && !hasUser) return text;
  for (const name of names) url.searchParams.set(name, HIDDEN);
  url.username = "";
  url.password = "";
  const shown = url.href.replaceAll("%28hidden%29", HIDDEN);
  return hasUser ? shown.replace("//", `//${HIDDEN}@`) : shown;
}
