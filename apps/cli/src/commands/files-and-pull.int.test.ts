import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session, WorkspaceEntry } from "@trunkline/contract";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { TerminalProcess } from "../testing/terminal-process.ts";
import { runCaptured } from "../testing/captured-cli.ts";

let server: ServerFixture;
let session: Session;
let here: string;
beforeAll(async () => {
  server = await ServerFixture.start();
  here = await mkdtemp(join(tmpdir(), "trunkline-pull-test-"));
  session = await server.client.session.create.mutate({ title: "Zebra: crossing" });
  const { workspace } = session;
  await mkdir(join(workspace, "src"), { recursive: true });
  await writeFile(join(workspace, "src", "main.py"), "print(42)\n");
  await writeFile(join(workspace, "run.sh"), "", { mode: 0o755 });
  await writeFile(join(workspace, "evil.txt"), "before\u001b[2Jafter\n");
  await writeFile(join(workspace, "noise"), Buffer.from([0, 255, 0, 128]));
  await symlink("/etc/passwd", join(workspace, "out"));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(here, { recursive: true, force: true });
});

const env = () => ({ TRUNKLINE_DATA_DIR: server.dataDir });
const cli = async (...args: string[]) => runCaptured(args, { env: env() });

it("files lists a directory, and says where there is nothing", async () => {
  const { out, exitCode } = await cli("files", session.id);
  expect(exitCode).toBe(0);
  expect(
    out.split("\n").map((line) =>
      line
        .trim()
        .split(/\s{2,}/)
        .at(-1),
    ),
  ).toEqual(["NAME", "src/", "evil.txt", "noise", "out -> /etc/passwd", "run.sh*", ""]);
  const json = await cli("files", session.id, "src", "--json");
  expect(JSON.parse(json.out) as WorkspaceEntry).toMatchObject({ path: "src/main.py", bytes: 10 });
  expect((await cli("files", session.id, "--limit", "2")).err).toContain("Showing the first 2");
  expect(await cli("files", session.id, "../..")).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("outside the workspace"),
  });
  const { id } = await server.client.session.create.mutate({ title: "empty" });
  expect((await cli("files", id)).err).toBe("This session has no files yet.\n");
});

it("files --cat gives a pipe every byte, and a terminal nothing that could take it over", async () => {
  const piped = await CliProcess.run(["files", session.id, "evil.txt", "--cat"], env());
  expect(piped.out).toBe("before\u001b[2Jafter\n");
  await using terminal = new TerminalProcess(["files", session.id, "evil.txt", "--cat"], env());
  await terminal.shows("beforeafter");
  await terminal.ended();
  await using refused = new TerminalProcess(["files", session.id, "noise", "--cat"], env());
  await refused.shows("noise is binary. Save it: --out FILE");
  expect(await refused.ended()).toBe(2);
});

it("files --out saves a file that does not exist yet", async () => {
  const file = join(here, "noise.bin");
  expect(await cli("files", session.id, "noise", "--out", file)).toMatchObject({ out: `${file}  4 bytes\n` });
  expect([...(await readFile(file))]).toEqual([0, 255, 0, 128]);
  expect(await cli("files", session.id, "noise", "--out", file)).toMatchObject({ exitCode: 2 });
});

it("pull takes the files home, changes nothing that differs, and replaces it with --force", async () => {
  const target = join(here, "pulled");
  const first = await cli("pull", session.id, target);
  expect(first).toMatchObject({ exitCode: 0, out: `${target}  4 new\n` });
  expect(first.err).toContain("Left out, because it leads elsewhere: out");
  expect((await readdir(target)).toSorted()).toEqual(["evil.txt", "noise", "run.sh", "src"]);
  expect(await readFile(join(target, "src", "main.py"), "utf8")).toBe("print(42)\n");

  await writeFile(join(target, "src", "main.py"), "mine\n");
  await writeFile(join(target, "own"), "mine\n");
  await rm(join(target, "noise"));
  const refused = await cli("pull", session.id, target);
  expect(refused).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("other versions of src/main.py"),
  });
  expect(await readdir(target)).not.toContain("noise");
  expect(await readFile(join(target, "src", "main.py"), "utf8")).toBe("mine\n");

  const forced = await cli("pull", session.id, target, "--force");
  expect(forced.out).toBe(`${target}  1 new, 1 replaced, 2 unchanged\n`);
  expect(await readFile(join(target, "src", "main.py"), "utf8")).toBe("print(42)\n");
  expect(await readFile(join(target, "own"), "utf8")).toBe("mine\n");
});

it("pull does not write through a link that stands in the target", async () => {
  const target = join(here, "linked");
  const elsewhere = join(here, "elsewhere");
  await mkdir(target);
  await mkdir(elsewhere);
  await symlink(elsewhere, join(target, "src"));
  expect(await cli("pull", session.id, target, "--force")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("in the way of src"),
  });
  expect(await readdir(elsewhere)).toEqual([]);
  expect(await readdir(target)).toEqual(["src"]);
});
