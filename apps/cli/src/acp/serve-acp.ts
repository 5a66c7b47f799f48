import {
  agent,
  type AgentContext,
  PROTOCOL_VERSION,
  RequestError,
  type Stream,
} from "@agentclientprotocol/sdk";
import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { CreateSessionInput, Session } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { type EditorOffers, noteOnOffers } from "./editor-servers.ts";
import { EditorSession } from "./editor-session.ts";
import { listSessions } from "./session-list.ts";
import { modesOf, optionsOf, settingOf } from "./session-settings.ts";

export interface AcpOptions {
  client: TrunklineClient;
  version: string;
  /** What a new session gets besides its directory. @throws CommandError if sessions can't work there */
  inputFor: (directory: string) => Promise<CreateSessionInput>;
  /** The project that it would work in; null: none. Asks nobody. */
  projectIdFor: (directory: string) => Promise<string | null>;
  /** A command line of this program's. */
  command: (...words: string[]) => string;
}

/** Serves one editor until it closes the connection. */
export async function serveAcp(stream: Stream, options: AcpOptions): Promise<void> {
  const { client, version, inputFor, projectIdFor, command } = options;
  const open = new Map<string, EditorSession>();

  const sessionNamed = (sessionId: string): EditorSession => {
    const session = open.get(sessionId);
    if (session === undefined) throw RequestError.resourceNotFound(sessionId);
    return session;
  };
  const show = async (
    session: Session,
    editor: AgentContext,
    after: number,
    offers: EditorOffers,
  ): Promise<void> => {
    const { signal } = connection;
    const note = await noteOnOffers({ client, projectId: session.projectId, command }, offers);
    const answerCommand = (questionId: string): string => command("answer", questionId);
    const onLost = (): void => void open.delete(session.id);
    const shown = new EditorSession({ client, editor, session, signal, answerCommand, onLost, note }, after);
    open.set(session.id, shown);
    await shown.ready();
  };
  const settings = async (session: Session) => ({
    modes: await modesOf(client, session),
    configOptions: await optionsOf(client, session),
  });

  const connection = agent({ name: "trunkline" })
    .onRequest("initialize", () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: "trunkline", title: "Trunkline", version },
      agentCapabilities: {
        loadSession: true,
        promptCapabilities: { image: true, embeddedContext: true },
        // Those that come all the same are told of: editor-servers.ts.
        mcpCapabilities: { http: false, sse: false },
        sessionCapabilities: { list: {} },
      },
      authMethods: [],
    }))
    .onRequest("session/new", async ({ params, client: editor }) =>
      explained(async () => {
        const session = await client.session.create.mutate(await inputFor(params.cwd));
        await show(session, editor, session.lastSeq, params);
        return { sessionId: session.id, ...(await settings(session)) };
      }),
    )
    .onRequest("session/load", async ({ params, client: editor }) =>
      explained(async () => {
        const { session } = await client.session.get.query({ sessionId: params.sessionId });
        // Opened twice, it would be told twice.
        if (open.has(session.id)) throw RequestError.invalidRequest(undefined, "This session is open");
        await show(session, editor, 0, params);
        return settings(session);
      }),
    )
    .onRequest("session/list", async ({ params }) =>
      explained(async () => listSessions({ client, projectIdFor }, params)),
    )
    .onRequest("session/prompt", async ({ params, signal }) =>
      explained(async () => sessionNamed(params.sessionId).prompt(params.prompt, signal)),
    )
    .onNotification("session/cancel", async ({ params }) => sessionNamed(params.sessionId).cancel())
    .onRequest("session/set_mode", async ({ params: { sessionId, modeId } }) =>
      explained(async () => {
        await client.session.update.mutate({ sessionId, agent: modeId });
        return {};
      }),
    )
    .onRequest("session/set_config_option", async ({ params: { sessionId, configId, value } }) =>
      explained(async () => {
        const setting = settingOf(configId, value);
        if (setting === null) throw RequestError.invalidParams({ configId });
        const session = await client.session.update.mutate({ sessionId, ...setting });
        return { configOptions: await optionsOf(client, session) };
      }),
    )
    .connect(stream);
  await connection.closed;
}

/** What the server, or this machine, refuses, in terms of the protocol. */
async function explained<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof CommandError) throw RequestError.invalidParams(undefined, error.message);
    if (!isApiError(error)) throw error;
    if (error.reason === "unauthorized") throw RequestError.authRequired(undefined, error.message);
    if (error.reason === "not_found") throw new RequestError(-32_002, error.message);
    throw new RequestError(-32_603, error.message, { reason: error.reason });
  }
}
