import { readFile } from "node:fs/promises";
import * as wire from "@trunkline/contract";
import { expect, it } from "vitest";
import { MAX_IMAGE_BYTES } from "../agent/attached-files.ts";
import * as agent from "../agent/limits.ts";
import { GRACE_MS } from "../blobs/blobs.ts";
import { HELD_LIMITS } from "../http/held-requests.ts";
import { BODY_BYTES_PER_USER } from "../http/request-body.ts";
import { DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from "../tools/bash.ts";
import { readConfig } from "./config.ts";

const ROOT = new URL("../../../../", import.meta.url);
const page = await readFile(new URL("DEPLOYMENT.md", ROOT), "utf8");
const limits = page.slice(page.indexOf("\n## Limits\n"), page.indexOf("\n## Backup\n"));

const HOUR_MS = 3_600_000;
const MIB = 1_048_576;
const grouped = (value: number) => value.toLocaleString("en");
const megabytes = (bytes: number) => `${bytes / 1_000_000} MB`;

/** Row by row: what it is of, and what the code says. */
const rows: [name: string, text: string][] = [
  [
    "requests of a user at once, on a node",
    `${grouped(HELD_LIMITS.requests)}, and bodies of ${megabytes(BODY_BYTES_PER_USER)} together`,
  ],
  ["answers of a user that are not read, on a node", megabytes(HELD_LIMITS.unreadBytes)],
  [
    "body · import · batch",
    `${wire.MAX_BODY_BYTES / MIB} MiB · ${wire.MAX_IMPORT_BODY_BYTES / (1_024 * MIB)} GiB ` +
      `(tRPC: ${wire.MAX_CALL_DOCUMENT_BYTES / MIB} MiB) · ${wire.MAX_BATCH_CALLS} calls`,
  ],
  ["live streams of a user", grouped(readConfig({}).streamsPerUser)],
  ["requests a minute, of a user and of an address", grouped(readConfig({}).requestsPerMinute)],
  ["model calls", `${agent.MAX_STEPS}; ${agent.DEFAULT_MAX_STEPS} unless`],
  ["tokens, input and output", grouped(agent.MAX_TASK_TOKENS)],
  ["working time, without waiting", `${agent.MAX_TASK_DURATION_MS / HOUR_MS} h`],
  [
    "one answer of a model",
    `${grouped(agent.MAX_STEP_LENGTH)} characters, ${agent.MAX_STEP_CALLS} tool calls`,
  ],
  [
    "tries of one model call · wait for a provider's limit",
    `${agent.MAX_STEP_TRIES} · ${agent.MAX_LIMIT_WAIT_MS / HOUR_MS / 24} days`,
  ],
  ["crashes in a row without progress", String(wire.MAX_TASK_ATTEMPTS)],
  [
    "subagents",
    `${wire.MAX_SUBAGENTS}, ${wire.MAX_PARALLEL_SUBAGENTS} at a time, ${wire.MAX_SUBAGENT_DEPTH} levels`,
  ],
  ["one command", `${grouped(MAX_TIMEOUT_SECONDS)} s; ${DEFAULT_TIMEOUT_SECONDS} s unless`],
  ["prompt", `${grouped(wire.MAX_PROMPT_LENGTH)} characters`],
  [
    "message for a running task",
    `${grouped(wire.MAX_STEER_LENGTH)} characters, ${wire.MAX_WAITING_STEERS} waiting`,
  ],
  ["one file · files of one prompt", `${wire.MAX_BLOB_BYTES / MIB} MiB · ${wire.MAX_ATTACHMENTS}`],
  ["files of one user together", `${wire.MAX_BLOB_BYTES_PER_USER / (1_024 * MIB)} GiB`],
  [
    "sent to the model with one call",
    `${megabytes(agent.ATTACHED_BYTES)}, the newest first; of one text, ${grouped(agent.ATTACHED_TEXT_LENGTH)} characters; ` +
      `images of up to ${megabytes(MAX_IMAGE_BYTES)}`,
  ],
  ["a file that no session refers to", GRACE_MS === 24 * HOUR_MS ? "kept for a day" : `${GRACE_MS} ms`],
];

it.each(rows)("DEPLOYMENT.md has the limit in force: %s", (name, text) => {
  const row = limits.split("\n").find((line) => line.startsWith(`| ${name} |`));
  expect(row).toContain(text);
});

it("every row of DEPLOYMENT.md's limits is compared with the code", () => {
  const named = Array.from(limits.matchAll(/^\| ([^|]+) \|/gm), ([, name = ""]) => name);
  expect(named.filter((name) => name !== "limit").toSorted()).toEqual(rows.map(([name]) => name).toSorted());
});
