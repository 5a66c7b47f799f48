import { isIP } from "node:net";
import type { Config } from "../config/config.ts";

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The names and origins that the server accepts: the whole defence against DNS rebinding and other sites, by exact
 * comparison.
 */
export interface Site {
  readonly port: number;
  /** Before all paths: `/agents`, or nothing. */
  readonly basePath: string;
  /** Whether a request with this Host header is meant for us. */
  allowsHost(host: string): boolean;
  /** The origin of pages served under this host. */
  originOf(host: string): string;
  /** The address of the UI under this host, without a slash at its end. */
  urlOf(host: string): string;
  /** Whether `TRUNKLINE_ALLOWED_ORIGINS` lists this origin. */
  listsOrigin(origin: string): boolean;
}

/** @throws Error naming the first that is not an origin as browsers send it: scheme, host, and port unless default */
export function assertOrigins(allowedOrigins: readonly string[]): void {
  for (const origin of allowedOrigins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(
        `TRUNKLINE_ALLOWED_ORIGINS takes origins like https://example.com or http://localhost:3000, not '${origin}'`,
      );
    }
  }
}

/** @param port that the server listens on */
export function createSite(
  {
    allowedHosts,
    allowedOrigins,
    host: listensOn = "",
    basePath = "",
  }: Pick<Config, "allowedHosts" | "allowedOrigins"> & {
    host?: string;
    basePath?: string | undefined;
  },
  port: number,
): Site {
  const origins = new Set(allowedOrigins);
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  for (const name of [...LOOPBACK_NAMES, ...ownName(listensOn)]) {
    hosts.add(`${name}:${port}`);
    // Clients omit the default port.
    if (port === 80) hosts.add(name);
  }

  // The server itself speaks plain HTTP. Behind a TLS proxy, the operator lists the public https origin.
  const originOf = (host: string): string => {
    const name = host.toLowerCase();
    return origins.has(`https://${name}`) ? `https://${name}` : `http://${name}`;
  };
  return {
    port,
    basePath,
    allowsHost: (host) => hosts.has(host.toLowerCase()),
    originOf,
    urlOf: (host) => originOf(host) + basePath,
    listsOrigin: (origin) => origins.has(origin),
  };
}

/**
 * The address that it was told to listen on, by which it is found from its own machine. A name would be whatever a name server
 * says; an address is none that somebody could point elsewhere.
 */
function ownName(host: string): string[] {
  const family = isIP(host);
  if (family === 0 || host === "0.0.0.0" || host === "::") return [];
  return [family === 6 ? `[${host.toLowerCase()}]` : host];
}

/** Where browsers find the server: the first origin that is listed and whose host it answers to; null: at its own address. */
export function publicOrigin({
  allowedHosts,
  allowedOrigins,
}: Pick<Config, "allowedHosts" | "allowedOrigins">): string | null {
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return allowedOrigins.find((origin) => hosts.has(new URL(origin).host)) ?? null;
}
