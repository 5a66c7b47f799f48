import type { z } from "zod";
import { type JsonSchema, schemasAt } from "./json-schema.ts";

/** One fault of the file in words: where it is, what is wrong, and what belongs there. */
export function explainIssue(issue: z.core.$ZodIssue, schema: JsonSchema, file: unknown): string[] {
  const at = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = schemasAt(schema, issue.path).flatMap(({ properties = {} }) => Object.keys(properties));
    return issue.keys.map(
      (key) => `${pathText([...issue.path, key])}: unknown setting. ${didYouMean(key, known)}`,
    );
  }
  if (issue.code === "invalid_key") {
    const [first] = issue.issues;
    return [`${at}: the name ${first?.message ?? issue.message}`];
  }
  const description = schemasAt(schema, issue.path).find(
    (found) => found.description !== undefined,
  )?.description;
  const wanted = description === undefined ? "" : `. ${description}`;
  if (valueAt(file, issue.path) === undefined) return [`${at}: missing${wanted}`];
  return [`${at}: ${withoutPeriod(issue.message)}${wanted}`];
}

/** As one writes it in code: `mcpServers["my server"].args[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

function didYouMean(key: string, known: readonly string[]): string {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const near = known.find((name) => plain(name) === plain(key) || plain(name).startsWith(plain(key)));
  return near === undefined ? `Known here: ${known.join(", ")}` : `Did you mean ${near}?`;
}

function valueAt(file: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    file,
  );
}

function withoutPeriod(text: string): string {
  return text.replace(/\.$/, "");
}
