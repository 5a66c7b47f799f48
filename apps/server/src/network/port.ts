import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import type { NetworkRefusal, SessionNetwork } from "@trunkline/contract";

/**
 * Opens a connection to a URL's host, to public addresses only.
 * @returns a socket that has sent nothing yet; with TLS, its certificate has been verified.
 * @throws DestinationError; network errors; the signal's reason once aborted.
 */
export type Connect = (url: URL, signal: AbortSignal) => Promise<Socket>;

/** A destination that can't or must not be reached; the message is for the model. */
export class DestinationError extends Error {
  override readonly name = "DestinationError";
  /** Its address is not public: nobody can allow it. */
  readonly isForbidden: boolean;

  constructor(message: string, { isForbidden = false }: { isForbidden?: boolean } = {}) {
    super(message);
    this.isForbidden = isForbidden;
  }
}

/** What a session's commands can reach: nothing, listed hosts through the proxy, or the machine's own network. */
export type NetworkMode = "off" | "allowlist" | "on";

/** The only way out of a sandbox, for one command. */
export interface NetworkGate {
  /** Where commands find it, on the sandbox's own loopback. */
  readonly port: number;
  /** Variables by which programs find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Serves what connects to a socket that listens on that port in the sandbox; closes it with the gate. */
  serve(listener: Server): void;
}

/** The network of one command, from before it starts until it has ended. */
export interface CommandNetwork extends AsyncDisposable {
  /** `on`: the machine's own. `off`: none. */
  readonly access: "on" | "off" | NetworkGate;
  /** What the model should know about hosts that were refused; null: there were none. */
  note(): string | null;
}

export interface SessionOfOwner {
  sessionId: string;
  ownerId: string;
}

/** What a program gets beside the network of its session. */
export interface OwnService {
  /** Answers what it asks the gate itself; absent: nothing. */
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Hosts that it may reach, as the operator wrote them. */
  hosts: readonly string[];
}

export interface Networks {
  /** Reads it anew each time: its project may have changed. */
  modeOf(session: SessionOfOwner): Promise<NetworkMode>;
  describe(session: SessionOfOwner): Promise<SessionNetwork>;
  /** @returns a host as rules are compared, e.g. `*.example.com:8443`; null if it is none. */
  normalize(host: string): string | null;
  /**
   * @param command.onRefused called once per host and port, and not for ever.
   * @param command.service then there is a gate unless the access is `on`, where the caller serves it elsewhere.
   */
  open(
    command: SessionOfOwner & { onRefused: (refusal: NetworkRefusal) => void; service?: OwnService },
  ): Promise<CommandNetwork>;
}
