import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { actForRequest } from "../fairness/caller.ts";
import type { Config } from "../config/config.ts";
import { type AppDeps, createApp } from "./app.ts";
import { moveBelow, outsideBasePath } from "./base-path.ts";
import { limitConnections } from "./connections.ts";
import { startingStreams } from "./deferred-stream.ts";
import { passDevelopmentSocket } from "./development-socket.ts";
import { type ErrorAnswer, ERROR_HEADERS, errorAnswer, toErrorAnswer, toResponse } from "./error-answer.ts";
import { misdirected } from "./misdirected.ts";
import { KnownCallers } from "./known-callers.ts";
import { createLimits } from "./limits.ts";
import { LimitExchange } from "./limit-exchange.ts";
import { LiveStreams } from "./live-streams.ts";
import type { SharedLimits } from "../store/port.ts";
import { refuseTarget } from "./request-target.ts";
import { assertOrigins, createSite } from "./site.ts";
import { cutSlowRequests, PATIENCE } from "./slow-requests.ts";
import { closeUnreadAnswers } from "./unread-answers.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

export interface HttpServerDeps extends Omit<AppDeps, "site" | "streams" | "limits" | "callers"> {
  /** Null where no other node has the same users. */
  sharedLimits: SharedLimits | null;
  config: Pick<
    Config,
    | "host"
    | "port"
    | "allowedOrigins"
    | "allowedHosts"
    | "streamsPerUser"
    | "requestsPerMinute"
    | "trustedProxies"
  > & { basePath?: string | undefined };
}

export interface HttpServer {
  /**
   * @returns the server's own URL, e.g. `http://127.0.0.1:4400` or `http://127.0.0.1:4400/agents`, and the port, which the system chose if it was 0
   * @throws what listening throws, e.g. EADDRINUSE
   */
  listen(): Promise<{ url: string; port: number }>;
  /** Live streams that are open. */
  streams(): number;
  /**
   * Stops accepting, ends the live streams, lets requests under way finish, and cuts what is left after `graceMs`.
   * Resolves when every connection is closed.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Header of a request within 10 s; its body as `slow-requests.ts` says; a stream's answer may last for ever. An idle
 * connection outlasts the 60 s for which nginx and load balancers keep theirs: where the server closed it first, a
 * request that was on its way would be a 502.
 */
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 75_000,
  // Beyond what it says. A client that was busy meanwhile may send at the last moment, and would lose its request.
  keepAliveTimeoutBuffer: 15_000,
  connectionsCheckingInterval: 5_000,
};

/** @throws Error where an allowed origin is not one */
export function createHttpServer(deps: HttpServerDeps): HttpServer {
  const { config, logger } = deps;
  assertOrigins(config.allowedOrigins);
  const { sharedLimits } = deps;
  const limits = createLimits(config, deps.now, sharedLimits !== null);
  const streams = new LiveStreams({ auth: deps.auth, logger, maxPerPrincipal: config.streamsPerUser });
  const exchange =
    sharedLimits === null ? null : new LimitExchange({ shared: sharedLimits, limits, streams, logger });
  // Node's own answer to a missing Host has no body; refuseTarget gives the typed one.
  const server = createServer({ ...TIMEOUTS, requireHostHeader: false });

  limitConnections(server, { isProxy: limits.isProxy, logger });
  cutSlowRequests(server, PATIENCE);
  closeUnreadAnswers(server);

  let developmentSockets: { end(): void } | undefined;

  server.on("request", (_incoming, outgoing) => {
    outgoing.once("close", () => {
      // While the server closes, a connection goes when its request is done: from the next tick on it is idle.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });

  return {
    async listen() {
      server.listen({ host: config.host, port: config.port });
      await once(server, "listening");
      server.on("error", (error) => logger.error({ err: error }, "The HTTP server has a problem"));
      const { port } = server.address() as AddressInfo;
      const site = createSite(config, port);
      const callers = new KnownCallers(limits);
      server.on("request", createListener({ ...deps, site, limits, callers, streams }));
      exchange?.start();
      if (deps.web?.mode === "development")
        developmentSockets = passDevelopmentSocket(server, site, deps.web);
      return { url: `http://${urlHost(config.host)}:${port}${site.basePath}`, port };
    },

    streams: () => streams.size,

    async close(graceMs) {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      streams.end();
      developmentSockets?.end();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
      await exchange?.stop();
    },
  };
}

function createListener(deps: AppDeps): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const { site, limits, callers, audit, turns } = deps;
  const listener = getRequestListener(startingStreams(createApp(deps).fetch), {
    // Only what is no URL comes here; the app answers its own errors.
    errorHandler: (error) => {
      deps.logger.debug({ err: error }, "A request could not be read");
      return toResponse(errorAnswer("validation_failed", "The request's target is not a valid URL"));
    },
  });
  return (incoming, outgoing) => {
    const waitMs = limits.takeRequest(incoming);
    if (waitMs > 0) {
      audit.refused({
        by: null,
        address: limits.addressOf(incoming),
        action: "request",
        detail: "rate_limited",
      });
      void refuse(outgoing, toErrorAnswer(new TooManyRequestsError(waitMs)));
      return;
    }
    const refusal = refuseTarget(incoming, site);
    if (refusal !== null) return void refuse(outgoing, misdirected(incoming, refusal));
    if (moveBelow(incoming, site)) {
      const caller = callers.callerOf(incoming);
      turns.answer(caller, () => actForRequest(caller, () => void listener(incoming, outgoing)));
    } else void refuse(outgoing, outsideBasePath(incoming, site));
  };
}

/** Before anything is read. The connection ends: the next request would be no better. */
async function refuse(outgoing: ServerResponse, answer: ErrorAnswer | Promise<ErrorAnswer>): Promise<void> {
  const { status, body, headers } = await answer;
  outgoing.writeHead(status, { ...ERROR_HEADERS, ...headers, connection: "close" }).end(body);
}

/** Where a server that listens everywhere is reached from this machine. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
