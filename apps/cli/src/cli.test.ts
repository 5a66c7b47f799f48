import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { beforeAll, expect, it } from "vitest";
import { runCaptured } from "./testing/captured-cli.ts";

const ID = "0199c7a4-0000-7000-8000-000000000000";

/** A port that was free a moment ago. */
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
  { args: ["show", "x"], says: "Did you mean attach?" },
  { args: ["shop"], says: "unknown command 'shop'. See trunkline --help." },
  { args: ["backup", "-"], says: "Name a file" },
  { args: ["run", "x", "--wrong"], says: "unknown option '--wrong'" },
  { args: ["run", "x", "--when-busy", "explode"], says: "Allowed choices are enqueue, interrupt, reject" },
  { args: ["run"], says: "No prompt." },
  { args: ["run", "  "], says: "No prompt." },
  {
    args: ["run", "--file", "/nowhere/prompt.md"],
    says: "Can't read /nowhere/prompt.md: it does not exist.",
  },
  { args: ["run", "x".repeat(200_001)], says: "1 characters over the limit of 200,000" },
  { args: ["cancel"], says: "Name the task: its id, the beginning of its id, or last." },
  { args: ["run", "x", "-c", "-s", ID], says: "cannot be used with option" },
  { args: ["attach", ID, "--after", "-1"], says: "Use a whole number" },
  {
    args: ["attach", "nope"],
    says: "Give an id, the first characters of one (at least 4), or last. `trunkline sessions` lists them.",
  },
  { args: ["cancel", "12"], says: "`trunkline tasks` lists them." },
  { args: ["rename", ID, "x".repeat(201)], says: "1 to 200 characters" },
  { args: ["attach", ID, ID], says: "too many arguments" },
  { args: ["tasks", "--state", "working,done"], says: "Use one of submitted, working" },
  { args: ["tasks", "--limit", "0"], says: "from 1 to 10000" },
  { args: ["serve", "--port", "65536"], says: "from 0 to 65535" },
  { args: ["serve", "--web", "maybe"], says: "Allowed choices are on, off, dev" },
  { args: ["migrate-store"], says: "with TRUNKLINE_DATABASE_URL or the other option" },
  { args: ["migrate-store", "--from", "/nowhere"], says: "with TRUNKLINE_DATABASE_URL or the other option" },
  { args: ["move", ID], says: "--before TASK, or --last" },
  { args: ["move", ID, "--last", "--before", ID], says: "cannot be used with option" },
  { args: ["edit", ID], says: "No prompt." },
  { args: ["fork", ID, "--at", "0"], says: "Use a whole number" },
  { args: ["search"], says: "missing required argument 'words'" },
  { args: ["export", ID, "--format", "pdf"], says: "Allowed choices are json, markdown" },
  { args: ["import", "/nowhere/session.json"], says: "Can't read /nowhere/session.json: it does not exist." },
  { args: ["tasks", "--url", "nonsense"], says: "is not the address of a server" },
  {
    args: ["tasks", "--token-file", "/nowhere/token"],
    says: "Can't read the token file /nowhere/token: it does not exist.",
  },
])("a wrong use exits with 2: $args", async ({ args, says }) => {
  const { exitCode, out, err } = await runCaptured(args, { env: NOBODY });
  expect(err).toContain(says);
  expect(out).toBe("");
  expect(exitCode).toBe(2);
});

it.each([
  ["run", "x"],
  ["attach", ID],
  ["tasks"],
  ["sessions"],
  ["cancel", ID],
  ["edit", ID, "x"],
  ["move", ID, "--last"],
  ["retry", ID],
  ["resume", ID],
  ["fork", ID],
  ["search", "x"],
  ["export", ID],
  ["rename", ID, "x"],
  ["archive", ID],
  ["delete", ID, "--yes"],
  ["login"],
])("without a server says how to start one, and exits with 4: %s", async (...args) => {
  const { exitCode, out, err } = await runCaptured(args, { env: NOBODY });
  expect(err).toBe(
    `error: No server answers at ${NOBODY.TRUNKLINE_URL}. Start one: trunkline serve -d. Another server: --url URL.\n`,
  );
  expect(out).toBe("");
  expect(exitCode).toBe(4);
});

it("takes the prompt from a pipe where nothing else is given", async () => {
  const { exitCode, err } = await runCaptured(["run"], { env: NOBODY, stdin: " \n" });
  expect(err).toContain("No prompt.");
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
