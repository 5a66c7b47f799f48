import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  environmentsBelow,
  FakeProvider,
  readLog,
  type Reply,
  say,
  ServerFixture,
  waitFor,
} from "@trunkline/testkit";
import { describe, expect, it } from "vitest";

/** Part of every secret, and of nothing else. */
const CANARY = "canary7f3a";
const KEY = `sk-${CANARY}-openai`;
const SECRETS = {
  OPENAI_API_KEY: KEY,
  ANTHROPIC_API_KEY: `sk-ant-${CANARY}`,
  GOOGLE_GENERATIVE_AI_API_KEY: `AIza-${CANARY}`,
  AWS_SECRET_ACCESS_KEY: `aws/${CANARY}+x`,
  PGPASSWORD: `pg-${CANARY}`,
  HTTPS_PROXY: `http://user:proxy-${CANARY}@127.0.0.1:1`,
};

async function startServer(provider: FakeProvider, env: Record<string, string>): Promise<ServerFixture> {
  return ServerFixture.start({
    env: { ...provider.serverEnv, ...SECRETS, TRUNKLINE_LOG_LEVEL: "trace", ...env },
  });
}

/** Runs a task to its end. @returns its session. */
async function run(server: ServerFixture, provider: FakeProvider, ...replies: Reply[]): Promise<string> {
  provider.enqueue(...replies);
  const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
  await waitFor("the task's end", async () =>
    /completed|failed/.test((await server.client.task.get.query({ taskId })).state),
  );
  return sessionId;
}

/** Everything readable of the server: responses, logs, and what is stored. */
async function everything(
  server: ServerFixture,
  sessionIds: readonly string[],
): Promise<Record<string, string>> {
  const { client } = server;
  const found: Record<string, string> = { logs: server.logs };
  for (const [index, sessionId] of sessionIds.entries()) {
    found[`events ${index}`] = JSON.stringify(await readLog(client, sessionId));
    found[`export ${index}`] = JSON.stringify(await client.session.export.query({ sessionId }));
    found[`session ${index}`] = JSON.stringify(await client.session.get.query({ sessionId }));
  }
  found["info"] = JSON.stringify(await client.server.info.query());
  found["tasks"] = JSON.stringify(await client.task.list.query({}));
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
  const paths = ["/api/openapi.json", "/api/docs", "/api/nothing", "/health", "/ready", "/sign-in?code=x"];
  for (const path of paths) found[path] = await (await fetch(server.url + path, { headers })).text();
  // A secret presented as a token: refused, audited, and not quoted.
  const wrong = { authorization: `Bearer ${KEY}`, cookie: `trunkline=${KEY}` };
  found["unauthorized"] = await (
    await fetch(`${server.url}/api/tasks?token=${KEY}`, { headers: wrong })
  ).text();
  const bad = { method: "POST", headers, body: JSON.stringify({ prompt: 1, model: "none:none" }) };
  found["refusal"] = await (await fetch(`${server.url}/api/tasks`, bad)).text();
  found["audit"] = JSON.stringify(await client.audit.list.query({}));
  for (const name of await readdir(server.dataDir, { recursive: true })) {
    // Commands may put anything into a workspace, and without a sandbox nothing stops them.
    if (/^(?:token$|workspaces)/.test(name)) continue;
    found[`file ${name}`] = await readFile(join(server.dataDir, name), "latin1").catch(() => "");
  }
  return found;
}

function expectNoSecrets(found: Record<string, string>, server: ServerFixture): void {
  for (const [where, text] of Object.entries(found)) {
    expect({ where, canary: text.includes(CANARY) }).toEqual({ where, canary: false });
    expect({ where, token: text.includes(server.token) }).toEqual({ where, token: false });
  }
}

describe.each(["auto", "off"])("with the sandbox on %s", (sandbox) => {
  it("a secret of the server is in no child, event, log, error, export or file", async () => {
    await using provider = await FakeProvider.start();
    await using server = await startServer(provider, { TRUNKLINE_SANDBOX: sandbox });

    // What a command sees of the server, and what it can reach without a sandbox.
    const steal = `
      env; cat /proc/self/environ ${server.dataDir}/token
      cat /proc/${server.pid}/environ | tr '\\0' '\\n'
      read -r key < <(grep -a -o 'sk-[a-z0-9-]*' /proc/${server.pid}/environ | head -1)
      for ((i = 0; i < \${#key}; i++)); do printf %s "\${key:$i:1}"; sleep 0.005; done; echo
      grep -a '' /proc/${server.pid}/environ > stolen; echo end`;
    const stolen = await run(
      server,
      provider,
      say.reply(say.toolCall("bash", { command: steal })),
      say.reply(say.toolCall("read_file", { path: "stolen" })),
      say.reply(say.text("done")),
    );
    const [first] = (await readLog(server.client, stolen)).filter(({ type }) => type === "tool.ended");
    expect(JSON.stringify(first)).toContain("end");
    // Otherwise nothing was tested.
    if (sandbox === "off") expect(JSON.stringify(first)).toContain("PGPASSWORD=[redacted]");

    // The provider quotes what it was sent, in every kind of failure.
    const quoting: string[] = [];
    for (const status of [400, 401, 403, 404, 500]) {
      const message = `You sent Authorization: Bearer ${KEY}, which is wrong`;
      const refusal = say.reply(say.httpError(status, { message, retryAfter: 0 }));
      quoting.push(await run(server, provider, refusal, say.reply(say.text("again"))));
      provider.respond = () => say.reply(say.text("again"));
    }
    quoting.push(
      await run(
        server,
        provider,
        say.reply(say.text("so"), say.errorChunk(`Bearer ${KEY}`)),
        say.reply(say.text("x")),
      ),
    );
    expect(provider.requests.some(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);

    const found = await everything(server, [stolen, ...quoting]);
    expect(Object.keys(found).filter((where) => where.startsWith("file "))).toContain("file trunkline.db");
    expectNoSecrets(found, server);
  });

  it("nor in the environment of any process that the server has started", async () => {
    await using provider = await FakeProvider.start();
    await using server = await startServer(provider, { TRUNKLINE_SANDBOX: sandbox });
    provider.enqueue(say.reply(say.toolCall("bash", { command: "sleep 1000 & echo ready; wait" })));
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
    await waitFor("the command's output", async () =>
      (await readLog(server.client, sessionId)).some(({ type }) => type === "tool.progress"),
    );
    const environments = await environmentsBelow(server.pid);
    // bash and its children and, with a sandbox, what holds it.
    expect(environments.size).toBeGreaterThanOrEqual(2);
    for (const environment of environments.values()) expect(environment).not.toContain(CANARY);
    expect([...environments.values()].some((environment) => environment.includes("TRUNKLINE_RUN="))).toBe(
      true,
    );
    await server.client.task.cancel.mutate({ taskId });
  });
});
