import { createECDH, type ECDH, randomBytes, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { PushMessage } from "@trunkline/contract";
import { TlsSite } from "../../network/testing/tls-site.ts";
import { decrypt } from "./decrypt.ts";

export interface ReceivedPush {
  headers: IncomingHttpHeaders;
  message: PushMessage;
  /** As it came. */
  body: Buffer;
}

/** Answers one request; absent: 201. */
type Answer = (response: ServerResponse) => void;

/** A push service on loopback, over TLS, and the browsers that have subscribed with it. */
export class PushServiceStandIn implements AsyncDisposable {
  readonly #devices = new Map<
    string,
    { ecdh: ECDH; auth: Buffer; received: ReceivedPush[]; answers: Answer[] }
  >();
  #site: TlsSite | undefined;

  static async start(): Promise<PushServiceStandIn> {
    const service = new PushServiceStandIn();
    service.#site = await TlsSite.start(["localhost"], (request, response) => {
      void service.#take(request, response);
    });
    return service;
  }

  get #running(): TlsSite {
    if (this.#site === undefined) throw new Error("not started");
    return this.#site;
  }

  get host(): string {
    return `localhost:${this.#running.port}`;
  }

  /** Path of its certificate. */
  get certificate(): string {
    return this.#running.certificate;
  }

  /** @returns what a browser would subscribe with */
  subscribe(device = "Browser of a test") {
    const id = randomUUID();
    const ecdh = createECDH("prime256v1");
    ecdh.generateKeys();
    const auth = randomBytes(16);
    this.#devices.set(`/send/${id}`, { ecdh, auth, received: [], answers: [] });
    return {
      endpoint: `https://${this.host}/send/${id}`,
      keys: { p256dh: ecdh.getPublicKey("base64url"), auth: auth.toString("base64url") },
      device,
    };
  }

  received({ endpoint }: { endpoint: string }): readonly ReceivedPush[] {
    return this.#of(new URL(endpoint).pathname).received;
  }

  /** The next requests are answered so, one after the other. */
  answerWith({ endpoint }: { endpoint: string }, ...answers: Answer[]): void {
    this.#of(new URL(endpoint).pathname).answers.push(...answers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }

  #of(path: string) {
    const device = this.#devices.get(path);
    if (device === undefined) throw new Error(`nobody has subscribed at ${path}`);
    return device;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const device = this.#of(request.url ?? "");
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const message = JSON.parse(decrypt(body, device)) as PushMessage;
    device.received.push({ headers: request.headers, message, body });
    const answer = device.answers.shift();
    if (answer === undefined) response.writeHead(201).end();
    else answer(response);
  }
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();
/** Never answers. */
export const hang: Answer = () => undefined;
