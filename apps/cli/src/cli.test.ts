import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { beforeAll, expect, it } from "vitest";
import { runCaptured } from "./testing/captured-cli.ts";

/** The address of a port that was free a moment ago. */
const NOBODY = { TRUNKLINE_URL: "" };
beforeAll(async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  NOBODY.TRUNKLINE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
});

it.each([
  { args: [], says: "Usage: trunkline" },
  { args: ["rum", "x"], says: "Did you mean run?" },
  { args: ["run", "x", "--wrong"], says: "unknown option '--wrong'" },
  { args: ["run", "x", "--when-busy", "explode"], says: "Allowed choices are enqueue, interrupt, reject" },
  { args: ["run"], says: "There is no prompt" },
  { args: ["run", "  "], says: "There is no prompt" },
  { args: ["run", "--file", "/nowhere/prompt.md"], says: "The prompt cannot be read" },
  { args: ["run", "x".repeat(200_001)], says: "200000 is the most" },
  { args: ["cancel"], says: "missing required argument 'task'" },
  { args: ["run", "x", "-c", "-s", "id"], says: "cannot be used with option" },
  { args: ["attach", "id", "--after", "-1"], says: "It takes a whole number" },
  { args: ["attach", "one", "two"], says: "too many arguments" },
  { args: ["tasks", "--state", "working,done"], says: "It takes submitted, working" },
  { args: ["tasks", "--limit", "0"], says: "from 1 to 10000" },
  { args: ["serve", "--port", "65536"], says: "from 0 to 65535" },
  { args: ["serve", "--web", "maybe"], says: "Allowed choices are on, off, dev" },
  { args: ["move", "id"], says: "--before another task, or --last" },
  { args: ["move", "id", "--last", "--before", "other"], says: "cannot be used with option" },
  { args: ["edit", "id"], says: "There is no prompt" },
  { args: ["fork", "id", "--at", "0"], says: "It takes a whole number" },
  { args: ["search"], says: "missing required argument 'words'" },
  { args: ["export", "id", "--format", "pdf"], says: "Allowed choices are json, markdown" },
  { args: ["import", "/nowhere/session.json"], says: "It cannot be read" },
  { args: ["tasks", "--url", "nonsense"], says: "is no address of a server" },
  { args: ["tasks", "--token-file", "/nowhere/token"], says: "The token cannot be read" },
])("a wrong use exits with 2: $args", async ({ args, says }) => {
  const { exitCode, out, err } = await runCaptured(args, { env: NOBODY });
  expect(err).toContain(says);
  expect(out).toBe("");
  expect(exitCode).toBe(2);
});

it.each([
  ["run", "x"],
  ["attach", "id"],
  ["tasks"],
  ["sessions"],
  ["cancel", "id"],
  ["edit", "id", "x"],
  ["move", "id", "--last"],
  ["retry", "id"],
  ["fork", "id"],
  ["search", "x"],
  ["export", "id"],
  ["login"],
])("without a server says how to start one, and exits with 4: %s", async (...args) => {
  const { exitCode, out, err } = await runCaptured(args, { env: NOBODY });
  expect(err).toBe(
    `error: No server answers at ${NOBODY.TRUNKLINE_URL}. ` +
      "Start one with `trunkline serve`, or name another with --url.\n",
  );
  expect(out).toBe("");
  expect(exitCode).toBe(4);
});

it("takes the prompt from a pipe where nothing else is given", async () => {
  const { exitCode, err } = await runCaptured(["run"], { env: NOBODY, stdin: " \n" });
  expect(err).toContain("There is no prompt");
  expect(exitCode).toBe(2);
  expect((await runCaptured(["run"], { env: NOBODY, stdin: "do it" })).exitCode).toBe(4);
});

it.each([["--help"], ["help"], ["run", "--help"], ["help", "run"]])(
  "explains itself: %s",
  async (...args) => {
    const { exitCode, out, err } = await runCaptured(args);
    expect(out).toContain("--url <url>");
    expect(err).toBe("");
    expect(exitCode).toBe(0);
  },
);

it("documents its exit codes", async () => {
  const { out } = await runCaptured(["--help"]);
  for (const code of [0, 1, 2, 3, 4, 130]) expect(out).toMatch(new RegExp(`^  ${code} +\\S`, "m"));
});

it("tells its version", async () => {
  const { exitCode, out } = await runCaptured(["--version"]);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});
