import { isIP } from "node:net";
import { TrunklineError } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { GitUrl } from "./git-url.ts";

/** Addresses that git is held to; null: it may look the host up itself, or the URL has the address. */
export type FindRoute = (url: GitUrl, ownerId: string) => Promise<readonly string[] | null>;

export interface GitReachDeps {
  store: Pick<Store, "users" | "tokens">;
  /** Whose addresses may be private: `git.corp`, `git.corp:8443`, `*.corp`, `10.0.0.5`; lower case. */
  hosts: readonly string[];
  resolve: (host: string, signal: AbortSignal) => Promise<readonly { address: string }[]>;
  /** @returns why an address must not be connected to; null if it may. */
  policy: (address: string) => string | null;
  now: () => number;
}

const LOOKUP_LIMIT_MS = 10_000;
const TOKENS_PER_PAGE = 100;

/** What curl compares with, so that it finds the address that was checked: no final dot, nothing encoded. */
const PLAIN_NAME = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_-])?$/i;

/**
 * Whoever may name a git URL could make the server connect to its own network. Where several users share it, only those of
 * an admin, and hosts that the operator lists, lead to addresses that are not public. A name is looked up once, and git is
 * given the addresses that were checked: what the name says a moment later is not asked.
 * What it returns throws TrunklineError `forbidden`, `remote_failed`
 */
export function createGitReach({ store, hosts, resolve, policy, now }: GitReachDeps): FindRoute {
  const isAdmin = async (userId: string): Promise<boolean> => {
    let beforeId: string | undefined;
    for (;;) {
      const page = await store.tokens.page({
        userId,
        endedBy: now(),
        ...(beforeId !== undefined && { beforeId }),
        limit: TOKENS_PER_PAGE,
      });
      if (page.some(({ scope }) => scope === "admin")) return true;
      beforeId = page.at(-1)?.id;
      if (page.length < TOKENS_PER_PAGE) return false;
    }
  };

  return async (url, ownerId) => {
    if (url.host === null || isListed(hosts, url)) return null;
    if (!(await store.users.areSeveral()) || (await isAdmin(ownerId))) return null;
    const host = url.host.replace(/^\[|\]$/g, "");
    if (isIP(host) === 0 && !PLAIN_NAME.test(host)) throw refusal(url.host);
    if (isIP(host) !== 0) {
      if (policy(host) !== null) throw refusal(host);
      return null;
    }
    const found = await resolve(host, AbortSignal.timeout(LOOKUP_LIMIT_MS)).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new TrunklineError("remote_failed", `The repository's host can't be found: ${why}`, {
        cause: error,
      });
    });
    // The addresses are not told: they are of the operator's network.
    if (found.length === 0 || found.some(({ address }) => policy(address) !== null)) throw refusal(host);
    return found.map(({ address }) => address);
  };
}

function isListed(hosts: readonly string[], { url, host }: GitUrl): boolean {
  const name = host?.toLowerCase() ?? "";
  const { port } = new URL(url);
  return hosts.some((listed) =>
    listed.startsWith("*.")
      ? name.endsWith(listed.slice(1))
      : listed === name || (port !== "" && listed === `${name}:${port}`),
  );
}

function refusal(host: string): TrunklineError {
  return new TrunklineError(
    "forbidden",
    `${host} is not on the public internet. Several users share this server: only an admin's projects may lead there, or ` +
      "those of hosts that the operator lists (TRUNKLINE_PROJECT_HOSTS)",
  );
}
