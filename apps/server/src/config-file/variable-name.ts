import { z } from "zod";

/**
 * Names an environment variable that holds a secret, so that the file holds none. The property must be called `variable`
 * or end in `Variable`: by that the reader finds it, checks that it is set, and has its value redacted everywhere.
 */
export const variableName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,199}$/,
    "takes the name of an environment variable, such as GROQ_API_KEY; the value stays out of this file",
  );

/** @returns the names in a parsed file, each with the path of where it stands. */
export function variablesIn(value: unknown, path: readonly PropertyKey[] = []): NamedVariable[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const at = [...path, key];
    const isName = typeof inner === "string" && /^variable$|Variable$/.test(key);
    return isName ? [{ name: inner, path: at }] : variablesIn(inner, at);
  });
}

export interface NamedVariable {
  name: string;
  path: readonly PropertyKey[];
}
