import { readFileSync } from "node:fs";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir, present, readLocalToken, readServerUrl } from "./data-dir.ts";

export const DEFAULT_URL = "http://127.0.0.1:4400";

/** Options of every command that talks to a server. */
export interface TargetOptions {
  url?: string | undefined;
  tokenFile?: string | undefined;
  dataDir?: string | undefined;
}

/** Which server to talk to, and as whom. */
export interface Target {
  url: string;
  token: string | undefined;
  /** Where the token is from, for messages; null where there is none. */
  tokenSource: string | null;
}

/**
 * Address: `--url`, `TRUNKLINE_URL`, the server that holds the data directory, the default. Token: `--token-file`,
 * `TRUNKLINE_TOKEN`, the data directory's.
 *
 * @throws CommandError where an address or a token file cannot be used
 */
export function findTarget(
  options: TargetOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Target {
  const dataDir = findDataDir(options.dataDir, env);
  const localUrl = readServerUrl(dataDir);
  const url = checkUrl(options.url ?? present(env["TRUNKLINE_URL"]) ?? localUrl ?? DEFAULT_URL);

  if (options.tokenFile !== undefined) {
    return { url, token: readTokenFile(options.tokenFile), tokenSource: options.tokenFile };
  }
  const fromEnvironment = present(env["TRUNKLINE_TOKEN"]);
  if (fromEnvironment !== undefined) return { url, token: fromEnvironment, tokenSource: "TRUNKLINE_TOKEN" };

  // The data directory's token opens this machine's server; it is nobody else's business.
  const token = url === localUrl || isLoopback(url) ? readLocalToken(dataDir) : null;
  return { url, token: token ?? undefined, tokenSource: token === null ? null : `${dataDir}/token` };
}

function checkUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CommandError(EXIT.usage, `'${url}' is no address of a server; one looks like ${DEFAULT_URL}`);
  }
  return url.replace(/\/+$/, "");
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function readTokenFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.usage, `The token cannot be read: ${why}`, { cause: error });
  }
  const token = text.trim();
  if (token === "") throw new CommandError(EXIT.usage, `There is no token in ${path}`);
  return token;
}
