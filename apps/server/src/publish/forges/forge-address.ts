import { TrunklineError } from "@trunkline/contract";

export const FORGE_KINDS = ["github", "gitlab", "gitea"] as const;
export type ForgeKind = (typeof FORGE_KINDS)[number];

/** Which forge serves a host, and the root of its API, without a slash at its end. */
export interface ForgeSite {
  kind: ForgeKind;
  api: string;
}

/** By host of the repository's address, with its port where that is not the protocol's own. */
export type ForgeSites = ReadonlyMap<string, ForgeSite>;

/** What everybody knows; a self-hosted forge is named by the operator (TRUNKLINE_FORGES). */
const WELL_KNOWN: Readonly<Record<string, ForgeSite>> = {
  "github.com": { kind: "github", api: "https://api.github.com" },
  // GitHub's own host for ssh over the port of https.
  "ssh.github.com:443": { kind: "github", api: "https://api.github.com" },
  "gitlab.com": { kind: "gitlab", api: "https://gitlab.com/api/v4" },
  "gitea.com": { kind: "gitea", api: "https://gitea.com/api/v1" },
  "codeberg.org": { kind: "gitea", api: "https://codeberg.org/api/v1" },
};

const API_PATHS: Readonly<Record<ForgeKind, string>> = {
  github: "/api/v3",
  gitlab: "/api/v4",
  gitea: "/api/v1",
};

/**
 * Reads `HOST=KIND` and `HOST=KIND:API`, e.g. `git.example.com=gitlab` or
 * `git.example.com:8443=gitea:https://git.example.com:8443/api/v1`. Without API: its usual place on that host, over https.
 * @throws Error that says what is wrong, for whoever set it
 */
export function readForgeSites(entries: readonly string[]): ForgeSites {
  const sites = new Map(Object.entries(WELL_KNOWN));
  for (const entry of entries) {
    const [, host, kind, api] = /^([^\s=/@]+)=(\w+)(?::(https?:\/\/.+))?$/.exec(entry) ?? [];
    const known = FORGE_KINDS.find((candidate) => candidate === kind);
    if (host === undefined || known === undefined || (api !== undefined && URL.parse(api) === null)) {
      throw new Error(
        `TRUNKLINE_FORGES takes HOST=KIND or HOST=KIND:API, separated by commas, with KIND one of ${FORGE_KINDS.join(", ")}, not '${entry}'`,
      );
    }
    const root = api ?? `https://${host}${API_PATHS[known]}`;
    sites.set(host.toLowerCase(), { kind: known, api: root.replace(/\/+$/, "") });
  }
  return sites;
}

/** A repository's address, taken apart. */
export interface RepositoryAddress {
  host: string;
  /** Without slashes around it and without `.git`. */
  path: string;
}

/** Of `https://HOST/PATH`, `ssh://USER@HOST/PATH` and `USER@HOST:PATH`. @returns null for others, such as `file:`. */
export function repositoryAddress(url: string): RepositoryAddress | null {
  const scp = /^(?:[^\s@/:]+@)?([^\s@/:]+):(?!\/\/)(.+)$/.exec(url);
  const parsed = URL.parse(url);
  const host = parsed !== null && /^(https?|ssh):$/.test(parsed.protocol) ? hostOf(parsed) : scp?.[1];
  const path = parsed !== null && host === hostOf(parsed) ? decodeURIComponent(parsed.pathname) : scp?.[2];
  if (host === undefined || path === undefined) return null;
  const bare = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return bare === "" ? null : { host: host.toLowerCase(), path: bare };
}

function hostOf(url: URL): string {
  return url.protocol === "ssh:" && url.port === "22" ? url.hostname : url.host;
}

/** @throws TrunklineError that says how to name the forge */
export function requireForgeSite(
  sites: ForgeSites,
  url: string,
): { site: ForgeSite; address: RepositoryAddress } {
  const address = repositoryAddress(url);
  if (address === null) {
    throw new TrunklineError(
      "validation_failed",
      "Pull requests need a repository on GitHub, GitLab or Gitea; publish this one as a branch or a patch",
    );
  }
  const site = siteOf(sites, address);
  if (site === undefined) {
    throw new TrunklineError(
      "validation_failed",
      `It is not known which forge serves ${address.host}. Ask the operator to set TRUNKLINE_FORGES=${address.host}=gitlab ` +
        "(or github, gitea), or publish as a branch",
    );
  }
  return { site, address };
}

/** Over ssh the port is sshd's and says nothing about the forge. */
function siteOf(sites: ForgeSites, { host }: RepositoryAddress): ForgeSite | undefined {
  return sites.get(host) ?? sites.get(host.replace(/:\d+$/, ""));
}

export function knowsForge(sites: ForgeSites, url: string): boolean {
  const address = repositoryAddress(url);
  return address !== null && siteOf(sites, address) !== undefined;
}
