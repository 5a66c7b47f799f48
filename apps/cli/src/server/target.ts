import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isToken } from "@trunkline/client";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { secretVariable } from "./secret-variable.ts";
import { fileProblem } from "../file-problem.ts";
import { findDataDir, present, readLocalToken } from "./data-dir.ts";
import { localPath } from "./local-path.ts";
import { findLocalServer, type LocalServer } from "./local-server.ts";
import {
  hasSavedLogin,
  isServerAddress,
  profileNamed,
  readSavedLogin,
  savedLoginFile,
  savedProfiles,
  type SavedLogin,
} from "./saved-login.ts";

export const DEFAULT_URL = "http://127.0.0.1:4400";

/** Options of every command that calls a server. */
export interface TargetOptions {
  url?: string | undefined;
  tokenFile?: string | undefined;
  dataDir?: string | undefined;
  profile?: string | undefined;
}

/** Which server to call, and with which token. */
export interface Target {
  url: string;
  token: string | undefined;
  /** Source of the token, for messages; null if there is none. */
  tokenSource: string | null;
  /** Why the data directory's token was not sent; null if it was, or there is none. */
  tokenKept: string | null;
}

/**
 * Address: `--url`, the profile (`--profile`, `TRUNKLINE_PROFILE`), `TRUNKLINE_URL`, the server running on the data directory, where `login URL` signed in (unless a data
 * directory is named) or, with an explicit token, the default.
 * Token: `--token-file`, `TRUNKLINE_TOKEN`, the data directory's, the profile's or the one of `login URL`, each sent to its own server only.
 *
 * @throws CommandError if no server is running and none is named, or an address or token file is unusable
 */
export function findTarget(
  options: TargetOptions,
  env: Readonly<Record<string, string | undefined>>,
  { command }: { command: (...words: string[]) => string },
): Target {
  const profile = options.url === undefined ? profileNamed(options.profile, env) : undefined;
  if (profile !== undefined) return profileTarget(profile, options, env, command);
  const dataDir = findDataDir(options.dataDir, env);
  const given = options.url ?? present(env["TRUNKLINE_URL"]);
  const own = ownToken(options, env);
  const local = findLocalServer(dataDir);
  const saved = readSavedLogin(env);
  if (given !== undefined) {
    const url = checkUrl(given);
    if (own !== null) return { url, ...own, tokenKept: null };
    if (saved !== null && isSameServer(url, saved.url)) return withSavedLogin(saved, env);
    if (local.state === "running" && isSameServer(url, local.record.url)) return withLocalToken(url, dataDir);
    return { url, token: undefined, tokenSource: null, tokenKept: whyKept(dataDir, local) };
  }
  if (local.state === "running") {
    const { url } = local.record;
    return own === null ? withLocalToken(url, dataDir) : { url, ...own, tokenKept: null };
  }
  if (own === null && isSignedInElsewhere(options, env)) {
    if (saved === null) throw unusableLogin(savedLoginFile(env), command("login", "URL"));
    return withSavedLogin(saved, env);
  }
  if (local.state === "doubtful") {
    throw new CommandError(
      EXIT.unreachable,
      `${dataDir} records a server at ${local.record.url}, but ${local.why}. Its token was not sent. ` +
        `If that is your server, name it and its token: --url ${local.record.url} --token-file ${join(dataDir, "token")}. ` +
        `Otherwise start one: ${command("serve", "-d")}.`,
    );
  }
  if (own !== null) return { url: DEFAULT_URL, ...own, tokenKept: null };
  throw new CommandError(
    EXIT.unreachable,
    `No server is running for ${dataDir}. Start one: ${command("serve", "-d")}. Another server: --url URL.`,
  );
}

/** Whether commands go where `login URL` signed in, unless a server runs here. Whoever names a data directory means its server. */
export function isSignedInElsewhere(
  { dataDir }: Pick<TargetOptions, "dataDir">,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return dataDir === undefined && present(env["TRUNKLINE_DATA_DIR"]) === undefined && hasSavedLogin(env);
}

/** It said where to go: anywhere else would be a guess. */
function unusableLogin(file: string, login: string): CommandError {
  return new CommandError(
    EXIT.usage,
    `${file} can't be read, or is not what \`login\` writes. Create it anew: ${login}.`,
  );
}

/** A profile is a server with its token; only `--token-file` replaces that. @throws CommandError if there is none of that name */
function profileTarget(
  profile: string,
  options: TargetOptions,
  env: Readonly<Record<string, string | undefined>>,
  command: (...words: string[]) => string,
): Target {
  const saved = readSavedLogin(env, profile);
  const known = savedProfiles(env);
  if (saved === null && known.includes(profile)) {
    throw unusableLogin(savedLoginFile(env, profile), command("login", "URL"));
  }
  if (saved === null) {
    throw new CommandError(
      EXIT.usage,
      `There is no profile '${profile}'. ${known.length === 0 ? "" : `Profiles: ${known.join(", ")}. `}` +
        `Create it: ${command("login", "URL")}.`,
    );
  }
  const own = options.tokenFile === undefined ? null : ownToken(options, env);
  const tokenSource = savedLoginFile(env, profile);
  return { url: saved.url, token: saved.token, tokenSource, tokenKept: null, ...own };
}

function withLocalToken(url: string, dataDir: string): Target {
  const token = readLocalToken(dataDir);
  const tokenSource = token === null ? null : join(dataDir, "token");
  return { url, token: token ?? undefined, tokenSource, tokenKept: null };
}

function withSavedLogin(
  { url, token }: SavedLogin,
  env: Readonly<Record<string, string | undefined>>,
): Target {
  return { url, token, tokenSource: savedLoginFile(env), tokenKept: null };
}

function whyKept(dataDir: string, local: LocalServer): string | null {
  if (readLocalToken(dataDir) === null) return null;
  if (local.state === "absent") return `no server is running for ${dataDir}`;
  return local.state === "running" ? `the server of ${dataDir} is ${local.record.url}` : local.why;
}

function ownToken(
  { tokenFile }: TargetOptions,
  env: Readonly<Record<string, string | undefined>>,
): { token: string; tokenSource: string } | null {
  if (tokenFile !== undefined) return { token: readTokenFile(localPath(tokenFile)), tokenSource: tokenFile };
  const token = secretVariable("TRUNKLINE_TOKEN", env);
  if (token === undefined) return null;
  const isInVariable = present(env["TRUNKLINE_TOKEN"]) !== undefined;
  const tokenSource = isInVariable ? "TRUNKLINE_TOKEN" : "TRUNKLINE_TOKEN_FILE";
  return { token: checkToken(token, tokenSource), tokenSource };
}

/** @throws CommandError without quoting it: another secret may have been put in its place */
export function checkToken(token: string, source: string): string {
  if (isToken(token)) return token;
  throw new CommandError(
    EXIT.usage,
    `What ${source} holds is not a token: it has spaces, line breaks or other characters that tokens don't have.`,
  );
}

/** Names are not resolved: `localhost` may lead to another address than the verified one. */
export function isSameServer(one: string, other: string): boolean {
  return new URL(one).href === new URL(other).href;
}

/** @throws CommandError */
export function checkUrl(url: string): string {
  const parsed = URL.parse(url);
  // Not quoted, also if it is no address at all: what is before the @ may be a password.
  if (parsed?.password || parsed?.username || /\/\/[^/]*@/.test(url)) {
    throw new CommandError(
      EXIT.usage,
      "Write the address of the server without a name and a password: it takes tokens (--token-file PATH, TRUNKLINE_TOKEN).",
    );
  }
  if (!isServerAddress(url)) {
    throw new CommandError(EXIT.usage, `'${url}' is not the address of a server. Example: ${DEFAULT_URL}`);
  }
  return url.replace(/\/+$/, "");
}

function readTokenFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new CommandError(EXIT.usage, `Can't read the token file ${path}: ${fileProblem(error)}.`, {
      cause: error,
    });
  }
  const token = text.trim();
  if (token === "") throw new CommandError(EXIT.usage, `The token file ${path} is empty.`);
  return checkToken(token, path);
}
