import { randomUUID } from "node:crypto";
import type { Attacker } from "./attacker.ts";

/** A call open to any user whose cost depends on its data. */
export interface HostileCall {
  name: string;
  /** Preparation, not measured. */
  prepare?: (attacker: Attacker) => Promise<string>;
  /** @param prepared result of `prepare`. Whether the call is refused does not matter, only what others notice. */
  act: (attacker: Attacker, prepared: string) => Promise<unknown>;
}

const KILO = 1_000;
const MEGA = 1_000_000;
/** 20,000 of them. */
const MANY_FILES = "for d in $(seq 200); do mkdir $d; (cd $d; touch $(seq 100)); done";

const search = (name: string, prompt: string, text: string): HostileCall => ({
  name,
  prepare: async (attacker) => attacker.run(prompt),
  act: async (attacker) => attacker.query("search.query", { text }),
});

/** A tool call on a workspace filled by a command. */
const tool = (name: string, command: string, call: string, input: object): HostileCall => ({
  name,
  prepare: async (attacker) => attacker.run(`tool: bash ${JSON.stringify({ command })}`),
  act: async (attacker, sessionId) => attacker.run(`tool: ${call} ${JSON.stringify(input)}`, sessionId),
});

const command = (name: string, line: string): HostileCall => ({
  name,
  act: async (attacker) => attacker.run(`tool: bash ${JSON.stringify({ command: line })}`),
});

const importing = (name: string, document: () => string): HostileCall => ({
  name,
  act: async (attacker) => attacker.import(document()),
});

/** A document with only these events, as JSON. */
function documentOf(events: string): string {
  const session = { title: "x", agent: "default", model: null, createdAt: 1, updatedAt: 1 };
  return `{"format":"trunkline.session","version":1,"session":${JSON.stringify(session)},"tasks":[],"events":[${events}]}`;
}

const event = (seq: number, type: string, data: string): string =>
  `{"seq":${seq},"taskId":null,"at":1,"type":"${type}","data":${data}}`;

const notice = (seq: number, message: string): string =>
  event(seq, "notice", `{"level":"info","message":${JSON.stringify(message)}}`);

/** @returns the id of a session with this many events of about 1 kB */
const longSession =
  (events: number) =>
  async (attacker: Attacker): Promise<string> => {
    const document = documentOf(
      Array.from({ length: events }, (_, index) =>
        notice(index + 1, `${index} ${"word ".repeat(200)}`),
      ).join(),
    );
    const answer = await attacker.import(document);
    return (answer as { session: { id: string } }).session.id;
  };

/** All calls named by H1 to H9 and H20, and similar ones. */
export const HOSTILE_CALLS: readonly HostileCall[] = [
  search("search 'a' in 100,000 × 'a '", `reply: ok\n${"a ".repeat(99 * KILO)}`, "a"),
  search(
    "search 'error error' in 64 kB of 'error'",
    `tool: bash {"command":"yes error | head -c 64000"}`,
    "error error",
  ),
  search(
    "search for 1,000 letters in one word of 190 kB",
    `reply: ok\n${"ab".repeat(95 * KILO)}`,
    "ab".repeat(100),
  ),
  tool("list_files +(*)b", `touch ${"a".repeat(60)}`, "list_files", { path: ".", glob: "+(*)b" }),
  tool("list_files nested repetitions", `touch ${"a".repeat(60)}`, "list_files", {
    path: ".",
    glob: `${"*a".repeat(30)}b`,
  }),
  tool("list_files nested alternatives", `touch ${"a".repeat(60)}`, "list_files", {
    path: ".",
    glob: `${"{a,aa}".repeat(25)}b`,
  }),
  tool("list_files 20,000 files", MANY_FILES, "list_files", {
    path: ".",
    glob: "**/*7*",
  }),
  tool("edit_file replaceAll, 1 MB by 400 each", `head -c 900000 /dev/zero | tr '\\0' a > f`, "edit_file", {
    path: "f",
    oldText: "a",
    newText: "b".repeat(400),
    replaceAll: true,
  }),
  tool("edit_file, 20,000 lines all different", `seq 20000 > f`, "edit_file", {
    path: "f",
    oldText: "1\n",
    newText: "2\n3\n",
    replaceAll: true,
  }),
  tool("write_file over 100,000 lines", `seq 100000 > f`, "write_file", {
    path: "f",
    content: Array.from({ length: 15 * KILO }, (_, index) => `${index * 7}`).join("\n"),
  }),
  tool("read_file, one line of 5 MB", `head -c 5000000 /dev/zero | tr '\\0' x > f`, "read_file", {
    path: "f",
  }),
  importing("import 18 M Han characters", () => documentOf(notice(1, "漢字".repeat(9 * MEGA)))),
  importing("import 2 MB nested 1,000 deep", () =>
    documentOf(
      Array.from({ length: 1_000 }, (_, index) =>
        event(
          index + 1,
          "tool.called",
          `{"callId":"c${index}","tool":"x","input":${"[".repeat(1_000)}1${"]".repeat(1_000)}}`,
        ),
      ).join(),
    ),
  ),
  importing("import 50 MB of 50,000 events", () =>
    documentOf(
      Array.from({ length: 50 * KILO }, (_, index) => notice(index + 1, "word ".repeat(200))).join(),
    ),
  ),
  importing("import one event at seq 2^53 − 2", () => documentOf(notice(Number.MAX_SAFE_INTEGER - 1, "x"))),
  importing("import what is no JSON, 50 MB", () => `{"format":${"[".repeat(50 * MEGA)}`),
  {
    name: "export a session of 20,000 events",
    prepare: longSession(20 * KILO),
    act: async (attacker, sessionId) => attacker.export(sessionId),
  },
  {
    name: "fork a session of 20,000 events",
    prepare: longSession(20 * KILO),
    act: async (attacker, sessionId) => attacker.post("session.fork", JSON.stringify({ sessionId })),
  },
  {
    name: "delete a session of 20,000 events",
    prepare: longSession(20 * KILO),
    act: async (attacker, sessionId) => attacker.post("session.delete", JSON.stringify({ sessionId })),
  },
  {
    name: "fork a workspace of 20,000 files",
    prepare: async (attacker) => attacker.run(`tool: bash ${JSON.stringify({ command: MANY_FILES })}`),
    act: async (attacker, sessionId) => attacker.post("session.fork", JSON.stringify({ sessionId })),
  },
  command(
    "terminal: 200 kB of titles that never end",
    `yes "$(printf '\\033]0;')" | tr -d '\\n' | head -c 200000`,
  ),
  command("terminal: 20,000 returns", `for i in $(seq 20000); do printf '%s\\r' $i; done`),
  command("terminal: one line of 3 MB", `head -c 3000000 /dev/zero | tr '\\0' x`),
  command("terminal: 99,000 control characters", `head -c 99000 /dev/zero | tr '\\0' '\\001'`),
  command("terminal: 100 MB", "yes | head -c 100000000"),
  {
    name: "web_fetch of 12 names that nobody answers for",
    act: async (attacker) =>
      Promise.all(
        Array.from({ length: 12 }, async () =>
          attacker.run(`tool: web_fetch ${JSON.stringify({ url: `http://${randomUUID()}.invalid/` })}`),
        ),
      ),
  },
  {
    name: "submit 1,000 tasks",
    act: async (attacker) => {
      const { id: sessionId } = (await attacker.post("session.create", "{}")) as { id: string };
      await Promise.all(
        Array.from({ length: 1_000 }, async () =>
          attacker.post("task.submit", JSON.stringify({ sessionId, prompt: "reply: x" })),
        ),
      );
    },
  },
  {
    name: "a body of 1 MB of nested arrays",
    act: async (attacker) =>
      attacker.post("session.create", `{"title":${"[".repeat(500 * KILO)}${"]".repeat(500 * KILO)}}`),
  },
];
