import type { Config } from "../config.ts";

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Under which names the server may be reached, and from which origins: the whole defence against DNS rebinding and
 * against other sites, as exact comparisons.
 */
export interface Site {
  readonly port: number;
  /** Whether a request with this Host header is meant for us. */
  allowsHost(host: string): boolean;
  /** The one origin that pages served under this host have. */
  originOf(host: string): string;
  /** Whether `TRUNKLINE_ALLOWED_ORIGINS` names this origin. */
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

/** @param port the one that is listened on */
export function createSite(
  { allowedHosts, allowedOrigins }: Pick<Config, "allowedHosts" | "allowedOrigins">,
  port: number,
): Site {
  const origins = new Set(allowedOrigins);
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  for (const name of LOOPBACK_NAMES) {
    hosts.add(`${name}:${port}`);
    // Clients leave the default port out.
    if (port === 80) hosts.add(name);
  }

  return {
    port,
    allowsHost: (host) => hosts.has(host.toLowerCase()),
    // The server speaks plain HTTP. Where a proxy adds TLS, the operator lists the public https origin.
    originOf(host) {
      const name = host.toLowerCase();
      return origins.has(`https://${name}`) ? `https://${name}` : `http://${name}`;
    },
    listsOrigin: (origin) => origins.has(origin),
  };
}
