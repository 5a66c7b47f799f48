import { TrunklineError } from "@trunkline/contract";
import { type Connect, DestinationError } from "../network/port.ts";
import type { McpDefinition } from "./port.ts";

export interface Ways {
  /** To public addresses alone. */
  publicWeb: Connect;
  /** Wherever it is: only for addresses that the operator wrote. */
  anywhere: Connect;
}

/** Where connections to MCP servers, and to what authorizes them, may lead. */
export class Destinations {
  readonly #privateHosts: ReadonlySet<string>;

  readonly #ways: Ways;

  /** @param privateHosts HOST and HOST:PORT, which users' servers may be on. */
  constructor(privateHosts: readonly string[], ways: Ways) {
    this.#ways = ways;
    this.#privateHosts = new Set(privateHosts.map((text) => text.toLowerCase()));
  }

  /** @throws TrunklineError `validation_failed`, where that can be told from the address of a user's server. */
  check(address: string): void {
    const url = URL.parse(address);
    if (url === null || url.protocol === "https:" || this.#isListed(url)) return;
    throw new TrunklineError(
      "validation_failed",
      "Write an https address. The operator can allow others: mcpPrivateHosts in trunkline.config.json",
    );
  }

  /** Of a server and whatever it refers to: public addresses over https, those the operator allows, and its own if the operator set it up. */
  connectFor({ mayBePrivate, transport }: McpDefinition): Connect {
    const own = mayBePrivate && transport.kind === "http" ? URL.parse(transport.url)?.host : undefined;
    return async (url, signal) => {
      if (url.host === own || this.#isListed(url)) return this.#ways.anywhere(url, signal);
      if (url.protocol !== "https:") throw new DestinationError(`${url.host} is reached over https alone`);
      return this.#ways.publicWeb(url, signal);
    };
  }

  #isListed(url: URL): boolean {
    const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
    return this.#privateHosts.has(url.hostname) || this.#privateHosts.has(`${url.hostname}:${port}`);
  }
}
