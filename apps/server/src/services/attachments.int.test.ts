import { randomUUID } from "node:crypto";
import { downloadBlob, followTask, uploadBlob } from "@trunkline/client";
import type { SubmitTaskOutput } from "@trunkline/contract";
import { addUser, assertLogHolds, FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

let provider: FakeProvider;
let server: ServerFixture;
beforeAll(async () => {
  provider = await FakeProvider.start();
  provider.respond = () => say.reply(say.text("Seen."));
  server = await ServerFixture.start({ env: provider.serverEnv });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function ended(task: SubmitTaskOutput): Promise<SubmitTaskOutput> {
  for await (const { type } of followTask(server.client, task)) if (type === "task.completed") return task;
  throw new Error("it did not complete");
}

const lastPrompt = () => provider.requests.at(-1)?.messages.at(-1)?.content;

it("images and texts reach the model, what it can't read is named, and a retry has them, too", async () => {
  const { client } = server;
  const [image, text, other] = await Promise.all([
    uploadBlob(client, PNG),
    uploadBlob(client, new TextEncoder().encode("a,b\n1,2\n")),
    uploadBlob(client, new Uint8Array([0, 1, 2])),
  ]);
  const attachments = [
    { blobId: image.sha256, name: "shot.png" },
    { blobId: text.sha256, name: "table.csv" },
    { blobId: other.sha256, name: "data.bin" },
  ];
  const idempotencyKey = randomUUID();
  const submit = async () => client.task.submit.mutate({ prompt: "look", attachments, idempotencyKey });
  const task = await ended(await submit());
  const told = [
    { type: "text", text: "look" },
    { type: "image_url", image_url: { url: `data:image/png;base64,${Buffer.from(PNG).toString("base64")}` } },
    { type: "text", text: "[Attached file table.csv]\na,b\n1,2\n\n[End of table.csv]" },
    {
      type: "text",
      text: expect.stringContaining("data.bin, 3 bytes: not shown, it reads no files of the type"),
    },
  ];
  expect(lastPrompt()).toEqual(told);
  const log = await readLog(client, task.sessionId);
  assertLogHolds(log);
  const notices = log.flatMap((event) => (event.type === "notice" ? [event.data.message] : []));
  expect(notices).toEqual([expect.stringContaining("data.bin can't be shown to openai-compatible:")]);
  expect(log.find(({ type }) => type === "task.submitted")?.data).toMatchObject({
    attachments: [
      { type: "image", blob: { name: "shot.png", mediaType: "image/png", bytes: PNG.length } },
      { type: "file", blob: { name: "table.csv" } },
      { type: "file", blob: { name: "data.bin" } },
    ],
  });
  // Other attachments are another submit.
  expect((await submit()).taskId).toBe(task.taskId);
  await expect(
    client.task.submit.mutate({ prompt: "look", attachments: attachments.slice(1), idempotencyKey }),
  ).rejects.toMatchObject({ reason: "idempotency_conflict" });

  const again = await client.task.retry.mutate({ taskId: task.taskId });
  await ended({ taskId: again.id, sessionId: again.sessionId, task: again });
  expect(lastPrompt()).toEqual(told);
});

it("a blob is attached by those who may read it, and an imported log opens none", async () => {
  const { client } = server;
  const blobId = "0".repeat(64);
  const unknown = client.task.submit.mutate({ prompt: "look", attachments: [{ blobId }] });
  await expect(unknown).rejects.toMatchObject({ reason: "not_found" });
  const { sha256 } = await uploadBlob(client, PNG);
  const attachments = [{ blobId: sha256 }];
  const steered = client.task.submit.mutate({ prompt: "look", attachments, whenBusy: "steer" });
  await expect(steered).rejects.toMatchObject({ reason: "validation_failed" });

  // A document names a blob that this server does not have for its importer.
  const missing = { sha256: "1".repeat(64), mediaType: "image/png", bytes: 11 };
  const taskId = randomUUID();
  const at = 1;
  const created = { title: "Imported", model: null };
  const documentWith = (blob: typeof missing) =>
    ({
      format: "trunkline.session",
      version: 1,
      session: { title: "Imported", agent: "default", model: null, createdAt: 1, updatedAt: 1 },
      tasks: [],
      events: [
        { seq: 1, taskId: null, at, type: "session.created", data: created },
        {
          seq: 2,
          taskId,
          at,
          type: "task.submitted",
          data: { prompt: "look", model: null, attachments: [{ type: "image", blob }] },
        },
        { seq: 3, taskId, at, type: "task.started", data: { attempt: 1 } },
        { seq: 4, taskId, at, type: "task.canceled", data: { reason: "superseded", by: "x" } },
      ],
    }) as never;
  const { session } = await client.session.import.mutate({ document: documentWith(missing) });
  await ended(await client.task.submit.mutate({ sessionId: session.id, prompt: "and now?" }));
  const said = JSON.stringify(provider.requests.at(-1)?.messages);
  expect(said).toContain("not shown, it is gone");
  expect(said).not.toContain("image_url");

  // Nor does trying its tasks again, of somebody else's file.
  const mallory = await addUser(server, "mallory");
  const taken = await mallory.client.session.import.mutate({
    document: documentWith({ ...missing, sha256 }),
  });
  const { tasks } = await mallory.client.session.get.query({ sessionId: taken.session.id });
  await expect(mallory.client.task.retry.mutate({ taskId: tasks[0]!.id })).rejects.toMatchObject({
    reason: "not_found",
    message: expect.stringContaining("is not part of an export"),
  });
  await expect(downloadBlob(mallory.client, { ...missing, sha256 })).rejects.toMatchObject({
    reason: "not_found",
  });
});
