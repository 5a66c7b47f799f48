import type { Socket } from "node:net";
import { isIP } from "node:net";
import type { NetworkRefusal } from "@trunkline/contract";
import { hostName } from "./host-rule.ts";
import type { ProxyLimits } from "./limits.ts";
import { type Connect, DestinationError } from "./port.ts";

export interface Destination {
  /** As compared with rules. */
  host: string;
  port: number;
}

/** An answer in the place of a connection. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Decides where a command's connections may lead, and opens them. */
export class Gatekeeper {
  /** Destinations that were allowed and could not be reached, with the reason; as many as refusals. */
  readonly failures = new Map<string, string>();
  /** Each told once. */
  readonly refusals = new Map<string, NetworkRefusal>();
  readonly #options: {
    isAllowed: (host: string, port: number) => Promise<boolean>;
    connect: Connect;
    onRefused: (refusal: NetworkRefusal) => void;
    limits: ProxyLimits;
  };

  constructor(options: {
    isAllowed: (host: string, port: number) => Promise<boolean>;
    connect: Connect;
    onRefused: (refusal: NetworkRefusal) => void;
    limits: ProxyLimits;
  }) {
    this.#options = options;
  }

  /**
   * @param host as the client wrote it, with the brackets of an IPv6 address.
   * @returns a connected socket that has sent nothing yet.
   * @throws Refused
   */
  async open(host: string, port: number, signal: AbortSignal): Promise<{ to: Destination; socket: Socket }> {
    const to = await this.#check(host, port);
    const { connect, limits } = this.#options;
    const late = AbortSignal.timeout(limits.connectMs);
    try {
      const socket = await connect(new URL(`http://${to.host}:${port}`), AbortSignal.any([signal, late]));
      return { to, socket };
    } catch (error) {
      if (error instanceof DestinationError && error.isForbidden) {
        throw this.refuse({ ...to, reason: "not-public" }, error.message);
      }
      const why = late.aborted ? `no connection within ${limits.connectMs / 1_000} s` : describe(error);
      const destination = `${to.host}:${port}`;
      if (this.failures.size < limits.refusals) this.failures.set(destination, why);
      throw new Refused(502, `${destination} cannot be reached: ${why}`);
    }
  }

  /** @returns what to answer, and tells of it. */
  refuse(refusal: NetworkRefusal, detail?: string): Refused {
    const { host, port, reason } = refusal;
    const key = `${host}:${port} ${reason}`;
    if (!this.refusals.has(key) && this.refusals.size < this.#options.limits.refusals) {
      this.refusals.set(key, refusal);
      this.#options.onRefused(refusal);
    }
    return new Refused(403, detail ?? `${host}:${port} was refused: ${REASONS[reason]}`);
  }

  async #check(text: string, port: number): Promise<Destination> {
    const literal = URL.parse(`http://${text}/`)?.hostname ?? "";
    const address = literal.startsWith("[") ? literal.slice(1, -1) : literal;
    if (isIP(address) !== 0) throw this.refuse({ host: address, port, reason: "address" });
    const host = hostName(text);
    if (host === null) throw new Refused(400, "This names no host of the internet");
    if (!(await this.#options.isAllowed(host, port))) {
      throw this.refuse({ host, port, reason: "not-allowed" });
    }
    return { host, port };
  }
}

/** For the model and for people. */
export const REASONS: Readonly<Record<NetworkRefusal["reason"], string>> = {
  "not-allowed": "it is not on the list of hosts that this session's commands may reach",
  "not-public": "its address is not public",
  address: "commands reach hosts by name, not by address",
  "not-tls": "a tunnel carries TLS only, for the host that it was opened to",
};

function describe(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
