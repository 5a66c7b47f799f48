import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { NetworkRefusal } from "@trunkline/contract";
import { CommandProxy, ConnectionCount } from "../command-proxy.ts";
import { connectBy } from "../connect.ts";
import { Gatekeeper } from "../gatekeeper.ts";
import { covers } from "../host-rule.ts";
import { parseHostList } from "../host-list.ts";
import { PROXY_LIMITS, type ProxyLimits } from "../limits.ts";
import type { OwnService } from "../port.ts";

interface ProxyBenchOptions {
  /** Hosts that may be reached. */
  allowed?: readonly string[];
  /** Addresses of host names; default: each is 127.0.0.1. */
  resolve?: (host: string) => Promise<readonly string[]>;
  /** Addresses that count as private. */
  privateAddresses?: readonly string[];
  limits?: Partial<ProxyLimits>;
  count?: ConnectionCount;
  /** Whose command it is; default: nobody else's. */
  ownerId?: string;
  answerItself?: OwnService["handle"];
}

/** A command's proxy on a loopback port, in front of stand-ins on loopback. */
export class ProxyBench implements AsyncDisposable {
  readonly told: NetworkRefusal[];
  /** Names that were looked up. */
  readonly resolved: string[];
  readonly port: number;
  readonly proxy: CommandProxy;
  readonly #clients: Socket[] = [];

  private constructor(proxy: CommandProxy, port: number, told: NetworkRefusal[], resolved: string[]) {
    this.told = told;
    this.resolved = resolved;
    this.proxy = proxy;
    this.port = port;
  }

  static async start(options: ProxyBenchOptions = {}): Promise<ProxyBench> {
    const { allowed = [], resolve = async () => ["127.0.0.1"], privateAddresses = [] } = options;
    const limits = { ...PROXY_LIMITS, ...options.limits };
    const rules = parseHostList(allowed);
    const told: NetworkRefusal[] = [];
    const resolved: string[] = [];
    const gatekeeper = new Gatekeeper({
      isAllowed: async (host, port) => rules.some((rule) => covers(rule, host, port)),
      connect: connectBy({
        policy: (address) => (privateAddresses.includes(address) ? "it is not public (test)" : null),
        resolve: async (host) => {
          resolved.push(host);
          return (await resolve(host)).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
        },
      }),
      onRefused: (refusal) => told.push(refusal),
      limits,
    });
    const { count = new ConnectionCount(limits.allConnections) } = options;
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const { ownerId = randomUUID(), answerItself } = options;
    const proxy = new CommandProxy({ ownerId, gatekeeper, count, limits, answerItself });
    proxy.serve(listener);
    return new ProxyBench(proxy, port, told, resolved);
  }

  /** Connects, and sends something. */
  async connect(text: string | Buffer = ""): Promise<Socket> {
    const socket = connect(this.port, "127.0.0.1");
    socket.on("error", () => undefined);
    this.#clients.push(socket);
    await once(socket, "connect");
    socket.write(text);
    return socket;
  }

  /** @returns everything that comes back until the connection ends. */
  async send(text: string): Promise<string> {
    return readAll(await this.connect(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.proxy.close();
  }
}

export async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  await once(socket, "close");
  return text;
}

/** Reads until the text has come. */
export async function readUntil(socket: Socket, wanted: string): Promise<string> {
  let text = "";
  while (!text.includes(wanted)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    text += chunk.toString("latin1");
  }
  return text;
}
