import { open } from "node:fs/promises";
import { pathText } from "./explain-issue.ts";
import type { ParsedConfigFile } from "./parse-config-file.ts";
import type { ConfigFile } from "./port.ts";

/** The file can't be used; the message names each fault, its place, and what to do. */
class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
}

/** @param variable the value of an environment variable. @throws ConfigFileError */
export async function readConfigFile(
  path: string,
  variable: (name: string) => string | undefined,
): Promise<ConfigFile> {
  const parsed = await parseFile(path);
  if (parsed === null) return { sections: {}, secrets: [], valueOf: () => "" };
  if ("faults" in parsed) throw new ConfigFileError([`${path} can't be used:`, ...parsed.faults].join("\n"));
  const values = new Map<string, string>();
  const unset: string[] = [];
  for (const { name, path: at } of parsed.variables) {
    const value = variable(name);
    if (value === undefined) unset.push(`${pathText(at)}: ${name} is not set. Set it, or take this line out`);
    else values.set(name, value);
  }
  if (unset.length > 0) throw new ConfigFileError([`${path} can't be used:`, ...unset].join("\n"));
  return {
    sections: parsed.sections,
    secrets: [...values.values()],
    valueOf(name) {
      const value = values.get(name);
      if (value === undefined) throw new Error(`${name} is not named by ${path}`);
      return value;
    },
  };
}

/** What `doctor` tells about the file, whether a server runs or not. Null: there is none. */
export async function checkConfigFile(
  path: string,
  isSet: (name: string) => boolean,
): Promise<{ faults: string[] } | { sections: string[]; unset: string[] } | null> {
  const parsed = await parseFile(path);
  if (parsed === null || "faults" in parsed) return parsed;
  return {
    sections: Object.keys(parsed.sections).filter((name) => name !== "$schema"),
    unset: [...new Set(parsed.variables.map(({ name }) => name))].filter((name) => !isSet(name)),
  };
}

const MAX_BYTES = 1_048_576;

async function parseFile(path: string): Promise<ParsedConfigFile | null> {
  const text = await readText(path);
  if (typeof text !== "string") return text;
  // Without a file nobody needs its schemas, which are a tenth of all.
  const { parseConfigFile } = await import("./parse-config-file.ts");
  return parseConfigFile(text);
}

async function readText(path: string): Promise<string | { faults: string[] } | null> {
  try {
    await using file = await open(path, "r");
    const stats = await file.stat();
    if (!stats.isFile()) return { faults: ["not a file"] };
    if (stats.size > MAX_BYTES) return { faults: [`larger than ${MAX_BYTES / 1_048_576} MB`] };
    return await file.readFile("utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    if (code === undefined) throw error;
    return { faults: [`can't be read (${code})`] };
  }
}
