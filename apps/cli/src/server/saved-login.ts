import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { present } from "./data-dir.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where `trunkline login URL` signed in. */
export interface SavedLogin {
  url: string;
  token: string;
}

/** In the user's configuration; with a token in it, so for this user alone. */
export function savedLoginFile(env: Environment): string {
  const home = present(env["HOME"]) ?? homedir();
  return join(present(env["XDG_CONFIG_HOME"]) ?? join(home, ".config"), "trunkline", "login.json");
}

/** @returns null if nothing usable was saved */
export function readSavedLogin(env: Environment): SavedLogin | null {
  try {
    const saved: unknown = JSON.parse(readFileSync(savedLoginFile(env), "utf8"));
    return isSavedLogin(saved) ? saved : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code !== undefined) return null;
    throw error;
  }
}

export function writeSavedLogin(env: Environment, login: SavedLogin): void {
  const file = savedLoginFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  // One that was there keeps its mode otherwise.
  chmodSync(file, 0o600);
}

export function removeSavedLogin(env: Environment): void {
  rmSync(savedLoginFile(env), { force: true });
}

function isSavedLogin(value: unknown): value is SavedLogin {
  if (typeof value !== "object" || value === null) return false;
  const { url, token } = value as Partial<Record<string, unknown>>;
  return typeof url === "string" && URL.canParse(url) && typeof token === "string" && token !== "";
}
