import { isIP } from "node:net";
import { TrunklineError } from "@trunkline/contract";
import type { Connect } from "../network/port.ts";

export interface PushDestinationsDeps {
  /** HOST and HOST:PORT, which push services may be on. */
  privateHosts: readonly string[];
  /** To public addresses alone. */
  publicWeb: Connect;
  /** Wherever it is: only for what the operator wrote. */
  anywhere: Connect;
  /** @returns why an IP address must not be connected to; null if it may */
  policy: (address: string) => string | null;
}

/** Where notifications may be sent: a browser names the address, so anybody can name any. */
export class PushDestinations {
  readonly #deps: PushDestinationsDeps;
  readonly #privateHosts: ReadonlySet<string>;

  constructor(deps: PushDestinationsDeps) {
    this.#deps = deps;
    this.#privateHosts = new Set(deps.privateHosts.map((text) => text.toLowerCase()));
  }

  /** @throws TrunklineError `validation_failed`, where that can be told from the address */
  check(endpoint: string): void {
    const url = URL.parse(endpoint);
    if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") {
      throw new TrunklineError("validation_failed", "endpoint must be an https address without a user name");
    }
    if (this.#isListed(url)) return;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const isLocal = /^(?:.+\.)?localhost\.?$/i.test(host);
    if (isLocal || (isIP(host) !== 0 && this.#deps.policy(host) !== null)) {
      throw new TrunklineError(
        "validation_failed",
        "endpoint must be public. The operator can allow others: push.privateHosts in trunkline.config.json",
      );
    }
  }

  readonly connect: Connect = async (url, signal) =>
    this.#isListed(url) ? this.#deps.anywhere(url, signal) : this.#deps.publicWeb(url, signal);

  #isListed(url: URL): boolean {
    const port = url.port === "" ? "443" : url.port;
    return this.#privateHosts.has(url.hostname) || this.#privateHosts.has(`${url.hostname}:${port}`);
  }
}
