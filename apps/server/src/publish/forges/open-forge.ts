import type { Forge } from "../port.ts";
import { type ForgeKind, type ForgeSites, requireForgeSite } from "./forge-address.ts";
import { ForgeHttp } from "./forge-http.ts";
import { Gitea } from "./gitea.ts";
import { GitHub } from "./github.ts";
import { GitLab } from "./gitlab.ts";

const NAMES: Readonly<Record<ForgeKind, string>> = { github: "GitHub", gitlab: "GitLab", gitea: "Gitea" };

/**
 * The forge of a repository, by its address. The token goes to the API of that host alone, as it is well known or as the
 * operator set it. @throws TrunklineError `validation_failed` where no forge is known for the host
 */
export function openForge(
  sites: ForgeSites,
  { url, token, signal }: { url: string; token: string; signal: AbortSignal },
): Forge {
  const { site, address } = requireForgeSite(sites, url);
  const { kind, api: root } = site;
  const http = new ForgeHttp({ name: NAMES[kind], root, token, headers: headersOf(kind, token), signal });
  switch (kind) {
    case "github":
      return new GitHub(http, address.path);
    case "gitlab":
      return new GitLab(http, address.path);
    case "gitea":
      return new Gitea(http, address.path);
  }
}

function headersOf(kind: ForgeKind, token: string): Record<string, string> {
  switch (kind) {
    case "github":
      return {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      };
    case "gitlab":
      return { authorization: `Bearer ${token}` };
    case "gitea":
      return { authorization: `token ${token}` };
  }
}
