import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Session, SessionDetail, SubmitTaskOutput, Task } from "@trunkline/contract";
import { expect, it } from "vitest";
import { ServerFixture } from "../server-fixture.ts";
import { collectUntil } from "../wait-for.ts";
import { sseMessages } from "./sse-messages.ts";

const page = readFileSync(fileURLToPath(new URL("../../../../docs/rest.md", import.meta.url)), "utf8");

/** The second column of the table, in order. */
const ROUTES = [...page.matchAll(/^\| `(?:GET|POST|DELETE) [^|]+\| `([A-Z]+) (\/api[^`]*)` \|/gm)].map(
  ([, method = "", path = ""]) => `${method} ${path}`,
);

it("what the original's web client did can be done by the routes that docs/rest.md names for it", async () => {
  await using server = await ServerFixture.start();
  const used: string[] = [];
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
  const call = async <T>(route: string, params: Record<string, string>, body?: object): Promise<T> => {
    used.push(route);
    const [method = "", path = ""] = route.split(" ");
    const url = server.url + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name);
    const answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([answer.status, answer.ok], `${route}: ${await answer.clone().text()}`).toEqual([
      answer.status,
      true,
    ]);
    return (await answer.json()) as T;
  };

  const { taskId, sessionId, task } = await call<SubmitTaskOutput>(
    "POST /api/tasks",
    {},
    { prompt: "wait: 600" },
  );
  expect(task.state).toBe("submitted");
  expect(await call<Task>("GET /api/tasks/{taskId}", { taskId })).toMatchObject({
    id: taskId,
    prompt: "wait: 600",
  });
  expect(await call<Task>("POST /api/tasks/{taskId}/cancel", { taskId }, {})).toMatchObject({
    state: "canceled",
  });
  const { items } = await call<{ items: Session[] }>("GET /api/sessions", {});
  expect(items.map(({ id }) => id)).toEqual([sessionId]);
  const detail = await call<SessionDetail>("GET /api/sessions/{sessionId}", { sessionId });
  expect(detail.tasks.map(({ id }) => id)).toEqual([taskId]);
  const fork = await call<Session>("POST /api/sessions/{sessionId}/fork", { sessionId }, {});
  expect(fork.parentId).toBe(sessionId);

  used.push("GET /api/sessions/{sessionId}/events");
  const stream = sseMessages(`${server.url}/api/sessions/${sessionId}/events`, { token: server.token });
  const told = await collectUntil("the end", stream, ({ data }) => data.includes('"task.canceled"'));
  expect(told.some(({ data }) => data.includes('"task.submitted"'))).toBe(true);

  await call("DELETE /api/sessions/{sessionId}", { sessionId });
  const left = await call<{ items: Session[] }>("GET /api/sessions", {});
  expect(left.items.map(({ id }) => id)).toEqual([fork.id]);

  expect(new Set(used)).toEqual(new Set(ROUTES));
  expect(ROUTES).toHaveLength(8);
});
