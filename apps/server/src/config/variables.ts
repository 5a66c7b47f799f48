import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findHome } from "../common/find-home.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that cannot be used; its message names the variable and says what it takes. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads variables as what they should hold. Each throws ConfigError for what can't be used. */
export interface Variables {
  /** Without spaces around it; undefined: not set, or empty. */
  value(name: string): string | undefined;
  /** Of the variable, or the content of the file that NAME_FILE names, as secrets are handed to containers. */
  secret(name: string): string | undefined;
  integer(name: string, fallback: number, min: number, max: number): number;
  oneOf<const T extends string>(name: string, choices: readonly T[], fallback: T): T;
  /** Items between commas. */
  list(name: string): string[];
  /** Absolute path. */
  directory(name: string): string | undefined;
  /** Absolute paths, between colons. */
  directories(name: string): string[];
}

export function createVariables(env: Environment): Variables {
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const secret = (name: string): string | undefined => value(name) ?? contentOf(value(`${name}_FILE`), name);
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const text = value(name);
    if (text === undefined) return fallback;
    const number = Number(text);
    if (!Number.isInteger(number) || number < min || number > max) {
      throw new ConfigError(`${name} takes a whole number from ${min} to ${max}, not '${text}'`);
    }
    return number;
  };
  const oneOf = <const T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const text = value(name);
    if (text === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new ConfigError(`${name} takes ${choices.join(", ")}, not '${text}'`);
    return choice;
  };
  const list = (name: string): string[] =>
    (value(name) ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");

  const directory = (name: string): string | undefined => {
    const path = value(name);
    return path === undefined ? undefined : absolute(path);
  };
  const directories = (name: string): string[] =>
    (value(name) ?? "")
      .split(":")
      .filter((path) => path.trim() !== "")
      .map((path) => absolute(path.trim()));
  return { value, secret, integer, oneOf, list, directory, directories };
}

/** A quoted `~` is not expanded by the shell, and nobody means a directory of that name. */
function absolute(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(findHome(), path.slice(1)) : resolve(path);
}

/** Of the named variables those that are set. */
export function pick(env: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws ConfigError */
function contentOf(path: string | undefined, name: string): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(absolute(path), "utf8").trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${name}_FILE names ${path}, which can't be read (${code})`);
  }
}
