import { readFile } from "node:fs/promises";
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { ErrorData } from "@trunkline/contract";
import { pino } from "pino";
import { type AuthFixture, openAuthFixture } from "../../auth/testing/auth-fixture.ts";
import type { Auth } from "../../auth/port.ts";
import { EventLoopTurns } from "../../turns/event-loop-turns.ts";
import { PAGE_KEY_HEADER } from "../browser-cookie.ts";
import { createHttpServer, type HttpServer, type HttpServerDeps } from "../server.ts";
import { FakeServices } from "./fake-services.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body as JSON; throws where it is none. */
  json(): unknown;
  /** What an error answer says, in the envelope that all of them share. */
  error(): { message: string; code: number; data: ErrorData };
}

export interface Outgoing {
  method?: string;
  headers?: Record<string, string | undefined>;
  body?: string | Buffer;
}

export interface HttpFixture extends AsyncDisposable {
  auth: AuthFixture;
  services: FakeServices;
  server: HttpServer;
  url: string;
  port: number;
  token: string;
  /** What the log got, in its JSON. */
  logLines: string[];
  /** One request as it is; no header is added but Host, and that only where it is not given. */
  send(path: string, request?: Outgoing): Promise<Answer>;
  /** The same with the API token. */
  sendAsOwner(path: string, request?: Outgoing): Promise<Answer>;
  /** Signs a browser in. @returns what its page sends */
  signIn(): Promise<BrowserHeaders>;
  /** Writes bytes on a socket of their own and reads until the server closes it. */
  sendRaw(bytes: string): Promise<string>;
  /** A stream's answer, once its headers are here; its body is the test's to read. */
  openStream(path: string, headers: Record<string, string>): Promise<IncomingMessage>;
}

/** The real server on a free port, with real authentication, and services that the test controls. */
export async function openHttpFixture(
  overrides: Partial<Omit<HttpServerDeps, "config">> & { config?: Partial<HttpServerDeps["config"]> } = {},
  changeAuth: (auth: Auth) => Partial<Auth> = () => ({}),
): Promise<HttpFixture> {
  const auth = await openAuthFixture();
  const services = new FakeServices();
  const logLines: string[] = [];
  const server = createHttpServer({
    services: services.asServices(),
    auth: { ...auth.auth, ...changeAuth(auth.auth) },
    audit: auth.audit,
    readiness: {},
    metrics: { text: async () => "" },
    metricsToken: undefined,
    sharedLimits: null,
    turns: new EventLoopTurns(),
    web: null,
    logger: pino({ level: "debug" }, { write: (line) => logLines.push(line) }),
    now: () => auth.clock.now,
    ...overrides,
    config: {
      host: "127.0.0.1",
      port: 0,
      allowedOrigins: [],
      allowedHosts: [],
      streamsPerUser: 200,
      requestsPerMinute: 1_000_000,
      trustedProxies: [],
      ...overrides.config,
    },
  });
  const { url, port } = await server.listen();
  const token = await readFile(join(auth.dataDir, "token"), "utf8");
  // A connection per request, so that none of them sees what another has left behind.
  const agent = new Agent({ keepAlive: false });

  const openAnswer = async (path: string, { method = "GET", headers = {}, body }: Outgoing) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const given = Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const length =
      body === undefined || "transfer-encoding" in given ? {} : { "content-length": Buffer.byteLength(body) };
    request(`${url}${path}`, { method, agent, headers: { ...length, ...given } }, resolve)
      .on("error", reject)
      .end(body);
    return promise;
  };
  const send: HttpFixture["send"] = async (path, outgoing = {}) => {
    const answer = await openAnswer(path, outgoing);
    const body = await text(answer);
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body,
      json: () => JSON.parse(body) as unknown,
      error: () => (JSON.parse(body) as { error: ReturnType<Answer["error"]> }).error,
    };
  };

  return {
    auth,
    services,
    server,
    url,
    port,
    token,
    logLines,
    send,
    sendAsOwner: async (path, outgoing = {}) =>
      send(path, { ...outgoing, headers: { authorization: `Bearer ${token}`, ...outgoing.headers } }),
    async signIn() {
      const { code } = await auth.auth.createSignInCode("local");
      return browserHeaders(await send(`/sign-in?code=${code}`));
    },
    async sendRaw(bytes) {
      const socket = connect(port, "127.0.0.1");
      socket.write(bytes);
      return text(socket);
    },
    openStream: async (path, headers) => openAnswer(path, { headers }),
    async [Symbol.asyncDispose]() {
      await server.close(0);
      await auth[Symbol.asyncDispose]();
    },
  };
}

/** What a page of a signed-in browser sends along. */
export type BrowserHeaders = Record<"cookie" | typeof PAGE_KEY_HEADER, string>;

/** @param answer to a browser that signed in by a link, or, as JSON, by a token */
export function browserHeaders({ headers, body }: Pick<Answer, "headers" | "body">): BrowserHeaders {
  const key = /#page-key=([\w-]+)/.exec(headers.location ?? body)?.[1];
  const [cookie = ""] = headers["set-cookie"]?.[0]?.split(";", 1) ?? [];
  return { cookie, [PAGE_KEY_HEADER]: key ?? "" };
}

export const JSON_TYPE = { "content-type": "application/json" };
/** A query that always succeeds. */
export const LIST = "/trpc/session.list?input=%7B%7D";
