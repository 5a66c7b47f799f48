import { requireScope, type Services, TrunklineError, type WorkspaceDownload } from "@trunkline/contract";
import { SessionRef, WorkspacePath } from "@trunkline/contract/schemas";
import type { Hono } from "hono";
import { attachment } from "./attachment.ts";
import { methodRefusal } from "./error-answer.ts";
import type { HttpContext, HttpEnv } from "./http-env.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream, sentWhile } from "./open-stream.ts";

const SESSION_PATH = "/api/sessions/:sessionId";

interface DownloadDeps {
  services: Services;
  streams: LiveStreams;
}

/** Files and archives as bytes, which end with their token like other streams. Not procedures: JSON would hold them in memory. */
export function registerWorkspaceDownloads(app: Hono<HttpEnv>, { services, streams }: DownloadDeps): void {
  app.get(`${SESSION_PATH}/files/*`, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "workspace.file");
    const input = { sessionId: sessionIdOf(c), path: pathOf(c) };
    return send(c, streams, "application/octet-stream", () => services.workspaces.openFile(principal, input));
  });
  app.all(`${SESSION_PATH}/files/*`, () => methodRefusal(["GET"]));

  app.get(`${SESSION_PATH}/archive`, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "workspace.archive");
    const { git = "false", ignored = "true", ...unknown } = c.req.query();
    const [name] = Object.keys(unknown);
    if (name !== undefined) throw invalid(`Unrecognized key: "${name}"`);
    if (git !== "true" && git !== "false") throw invalid("git: true or false");
    if (ignored !== "true" && ignored !== "false") throw invalid("ignored: true or false");
    const input = { sessionId: sessionIdOf(c), git: git === "true", ignored: ignored === "true" };
    return send(c, streams, "application/gzip", () => services.workspaces.openArchive(principal, input));
  });
  app.all(`${SESSION_PATH}/archive`, () => methodRefusal(["GET"]));

  app.get(`${SESSION_PATH}/patch`, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "session.patch");
    const input = { sessionId: sessionIdOf(c) };
    return send(c, streams, "text/x-patch", () => services.publications.openPatch(principal, input));
  });
  app.all(`${SESSION_PATH}/patch`, () => methodRefusal(["GET"]));
}

async function send(
  c: HttpContext,
  streams: LiveStreams,
  contentType: string,
  open: () => Promise<WorkspaceDownload>,
): Promise<Response> {
  const stream = openStream(c, streams);
  try {
    const { name, bytes, content } = await open();
    return c.body(sentWhile(stream, content), 200, {
      "content-type": contentType,
      "content-disposition": attachment(name),
      // Never a page of this origin, whatever is in it.
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
      ...(bytes !== null && { "content-length": String(bytes) }),
    });
  } catch (error) {
    stream.close();
    throw error;
  }
}

function sessionIdOf(c: HttpContext): string {
  const input = SessionRef.safeParse({ sessionId: c.req.param("sessionId") });
  if (!input.success) throw invalid("sessionId: Invalid UUID");
  return input.data.sessionId;
}

/** The rest of the path, whose slashes may be encoded; Hono's own decoding is for routes. */
function pathOf(c: HttpContext): string {
  const { pathname } = new URL(c.req.url);
  const rest = /^\/api\/sessions\/[^/]+\/files\/(.*)$/.exec(pathname)?.[1];
  if (rest === undefined) throw new TrunklineError("not_found", "Not found");
  let path: string;
  try {
    path = decodeURIComponent(rest);
  } catch (cause) {
    throw invalid("path: not valid percent-encoded UTF-8", cause);
  }
  const parsed = WorkspacePath.safeParse(path);
  if (!parsed.success) throw invalid("path: name a file of the workspace");
  return parsed.data;
}

function invalid(message: string, cause?: unknown): TrunklineError {
  return new TrunklineError("validation_failed", message, { cause });
}
