import type { Config } from "../config.ts";

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
    basePath = "",
  }: Pick<Config, "allowedHosts" | "allowedOrigins"> & { basePath?: string | undefined },
  port: number,
): Site {
  const origins = new Set(allowedOrigins);
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  for (const name of LOOPBACK_NAMES) {
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
