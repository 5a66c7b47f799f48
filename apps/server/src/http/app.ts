import { TrunklineError, type Services } from "@trunkline/contract";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { Logger } from "pino";
import type { Audit } from "../audit/port.ts";
import type { Auth } from "../auth/port.ts";
import type { MetricsPage } from "../ops/port.ts";
import type { Turns } from "../turns/port.ts";
import type { Web } from "../web/port.ts";
import { logAccess } from "./access-log.ts";
import { registerApiDocs } from "./api-docs.ts";
import { guardAnswer, labelAnswer } from "./answer-headers.ts";
import { authenticate } from "./authenticate.ts";
import { registerBlobs } from "./blobs.ts";
import { ByteBudget } from "../fairness/byte-budget.ts";
import { networkOf } from "./client-address.ts";
import { createCallFailureNote, createStreamFailureNote } from "./call-failure.ts";
import { toErrorResponse } from "./error-answer.ts";
import { HeldRequests, type HeldLimits, holdRequest } from "./held-requests.ts";
import { createHealthHandler, createReadyHandler, type ReadinessCheck } from "./health.ts";
import type { HttpEnv } from "./http-env.ts";
import { createInviteHandler, createInvitePageHandler, INVITE_PATH } from "./invite.ts";
import type { KnownCallers } from "./known-callers.ts";
import type { Limits } from "./limits.ts";
import { createMetricsHandler } from "./metrics.ts";
import type { LiveStreams } from "./live-streams.ts";
import { createMcpCallbackForm, createMcpCallbackPage } from "./mcp-callback.ts";
import { MCP_CALLBACK_PATH } from "../mcp/port.ts";
import { allowListedOrigins, refuseForeignOrigin, refuseForgery } from "./origin-checks.ts";
import { createRefusalNote } from "./refusals.ts";
import { allowMethods, BODY_BYTES_PER_USER, limitBody, requireBodyType, takeBody } from "./request-body.ts";
import { registerRest } from "./rest.ts";
import {
  createSignInCodeHandler,
  createSignInFormHandler,
  createSignInHandler,
  SIGN_IN_PATH,
} from "./sign-in.ts";
import { createSignOutHandler } from "./sign-out.ts";
import type { Site } from "./site.ts";
import { brokeOff } from "./slow-requests.ts";
import { tokenSignIn } from "./token-sign-in.ts";
import { createTrpcStreamHandler } from "./trpc-stream.ts";
import { createTrpcHandler, TRPC_PATH } from "./trpc.ts";
import { createUiOffHandler, createUiProxy } from "./ui-proxy.ts";
import { registerWorkspaceDownloads } from "./workspace-downloads.ts";

export interface AppDeps {
  site: Site;
  services: Services;
  auth: Auth;
  audit: Audit;
  limits: Limits;
  callers: KnownCallers;
  turns: Turns;
  /** Default: a thousand requests, 64 MB. */
  held?: HeldLimits;
  streams: LiveStreams;
  /** Checks of `GET /ready`. */
  readiness: Readonly<Record<string, ReadinessCheck>>;
  metrics: MetricsPage;
  metricsToken: string | undefined;
  /** Null if the UI is off. */
  web: Web | null;
  logger: Logger;
  now: () => number;
}

/** All routes of the server with their middleware, in order. */
export function createApp(deps: AppDeps): Hono<HttpEnv> {
  const { site, services, auth, limits, callers, turns, streams, readiness, web, logger, now } = deps;
  const noteRefusal = createRefusalNote(deps.audit, limits);
  const noteFailure = createCallFailureNote(logger, noteRefusal);
  const noteStreamFailure = createStreamFailureNote(logger);
  const app = new Hono<HttpEnv>();

  app.use(requestId({ limitLength: 64 }));
  app.use(logAccess(logger));
  app.use(guardAnswer, labelAnswer);

  app.get("/health", createHealthHandler(now));
  app.get("/ready", createReadyHandler(readiness, logger));
  app.get("/metrics", createMetricsHandler(deps));

  const held = new HeldRequests(logger, deps.held);
  const bodies = new ByteBudget(BODY_BYTES_PER_USER);
  const methods = { [TRPC_PATH]: ["GET", "POST"], "/api": ["GET", "POST", "PATCH", "DELETE"] };
  for (const [path, allowed] of Object.entries(methods)) {
    app.use(
      `${path}/*`,
      refuseForeignOrigin(site),
      allowListedOrigins(site),
      allowMethods(allowed),
      requireBodyType,
      authenticate(deps),
      refuseForgery(site),
      holdRequest(held, (c) => c.get("authenticated").principal.userId),
      limitBody,
      takeBody(bodies),
    );
  }
  const calls = { services, streams, noteFailure, noteStreamFailure, logger, turns, callers };
  app.get(`${TRPC_PATH}/session.subscribe`, createTrpcStreamHandler(calls));
  app.all(`${TRPC_PATH}/:path`, createTrpcHandler(calls));
  app.post("/api/sign-in-codes", createSignInCodeHandler({ auth, site }));
  app.post("/api/sign-out", createSignOutHandler({ services, site }));
  registerBlobs(app, { services, streams });
  registerRest(app, calls);
  // After `/files` itself, which its pattern matches as well.
  registerWorkspaceDownloads(app, { services, streams });
  registerApiDocs(app, { services, site });
  for (const path of Object.keys(methods)) {
    app.all(`${path}/*`, () => {
      throw new TrunklineError("not_found", `Not found. The API is described at ${site.basePath}/api/docs`);
    });
  }

  const signIn = { auth, site, limits, noteRefusal, now };
  app.post(SIGN_IN_PATH, createSignInFormHandler(signIn), ...tokenSignIn(signIn));
  app.all(SIGN_IN_PATH, createSignInHandler(signIn));
  app.post(INVITE_PATH, createInviteHandler(signIn));
  app.all(INVITE_PATH, createInvitePageHandler(signIn));
  app.post(MCP_CALLBACK_PATH, createMcpCallbackForm({ ...signIn, services }));
  app.all(MCP_CALLBACK_PATH, createMcpCallbackPage(signIn));
  const visitors = new HeldRequests(logger, deps.held);
  app.use(
    "*",
    holdRequest(visitors, (c) => networkOf(limits.addressOf(c.env.incoming))),
  );
  app.all("*", web === null ? createUiOffHandler(site) : createUiProxy({ web, site, limits, logger }));

  app.onError((error, c) => {
    if (brokeOff(c.env.incoming)) {
      return toErrorResponse(new TrunklineError("validation_failed", "The request broke off"));
    }
    if (!(error instanceof TrunklineError)) {
      logger.error(
        { err: error, method: c.req.method, path: c.req.path, requestId: c.get("requestId") },
        "A request failed",
      );
    }
    noteRefusal(c, error);
    return toErrorResponse(error);
  });
  return app;
}
