import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findHome } from "@trunkline/server/find-home";
import { isToken } from "@trunkline/client";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { present } from "./data-dir.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where `trunkline login URL` signed in. */
export interface SavedLogin {
  url: string;
  token: string;
}

/** Of a file, on any file system. */
const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

/** @returns the profile that is named; undefined: none. @throws CommandError for what is no name */
export function profileNamed(option: string | undefined, env: Environment): string | undefined {
  const name = option ?? present(env["TRUNKLINE_PROFILE"]);
  if (name === undefined || PROFILE_NAME.test(name)) return name;
  throw new CommandError(EXIT.usage, `'${name}' can't name a profile: up to 32 letters, digits, - and _.`);
}

/** In the user's configuration; with a token in it, so for this user alone. */
export function savedLoginFile(env: Environment, profile?: string): string {
  const directory = configDirectory(env);
  return profile === undefined
    ? join(directory, "login.json")
    : join(directory, "profiles", `${profile}.json`);
}

/** Names of all profiles. */
export function savedProfiles(env: Environment): string[] {
  try {
    const names = readdirSync(join(configDirectory(env), "profiles"));
    return names
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .toSorted();
  } catch {
    return [];
  }
}

/** @returns null if nothing usable was saved */
export function readSavedLogin(env: Environment, profile?: string): SavedLogin | null {
  try {
    const saved: unknown = JSON.parse(readFileSync(savedLoginFile(env, profile), "utf8"));
    return isSavedLogin(saved) ? saved : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code !== undefined) return null;
    throw error;
  }
}

/** Whether anything was saved, usable or not. */
export function hasSavedLogin(env: Environment, profile?: string): boolean {
  return existsSync(savedLoginFile(env, profile));
}

/** Whole or not at all: a disk that is full costs no earlier one, and another command line reads no half. */
export function writeSavedLogin(env: Environment, login: SavedLogin, profile?: string): void {
  const file = savedLoginFile(env, profile);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

export function removeSavedLogin(env: Environment, profile?: string): void {
  rmSync(savedLoginFile(env, profile), { force: true });
}

function configDirectory(env: Environment): string {
  return join(present(env["XDG_CONFIG_HOME"]) ?? join(findHome(env), ".config"), "trunkline");
}

function isSavedLogin(value: unknown): value is SavedLogin {
  if (typeof value !== "object" || value === null) return false;
  const { url, token } = value as Partial<Record<string, unknown>>;
  return typeof url === "string" && isServerAddress(url) && typeof token === "string" && isToken(token);
}

/** Whether calls can go to it: over HTTP, and without what no call sends. */
export function isServerAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return [url.username, url.password, url.search, url.hash].every((part) => part === "");
}
