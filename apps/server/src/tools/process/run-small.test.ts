import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runSmall } from "./run-small.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trunkline-run-small-"));
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

const childrenOf = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ").filter(Boolean).map(Number);

/** The shell of this process: it runs nothing but what it is told. */
async function shellPid(): Promise<number> {
  await runSmall("true", []);
  for (const pid of await childrenOf(process.pid)) {
    if ((await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("read -r line")) return pid;
  }
  throw new Error("There is no shell");
}

it("runs programs in one shell, whatever their words", async () => {
  const names = ["plain", "it's", 'a "b" $(touch oops) `touch oops` \\', "two\nlines", "-n *"];
  await Promise.all(names.map(async (name) => runSmall("touch", ["--", join(directory, name)])));
  expect((await readdir(directory)).toSorted()).toEqual(names.toSorted());
  const first = await shellPid();
  await runSmall("touch", [join(directory, "later")]);
  expect(await shellPid()).toBe(first);
});

it("says why one failed, and goes on", async () => {
  const missing = join(directory, "missing", "file");
  await expect(runSmall("touch", [missing])).rejects.toThrow(/No such file or directory/);
  await expect(runSmall("no-such-program", [])).rejects.toThrow("ENOENT");
  await runSmall("touch", [join(directory, "file")]);
  await stat(join(directory, "file"));
});

it("does what the shell can't any more, once it was killed, and begins another", async () => {
  const first = await shellPid();
  // It is in the middle of it when it is killed; the others wait behind.
  const all = ["a", "b", "c"].map(async (name) =>
    runSmall("sh", ["-c", 'sleep 0.5; touch "$0"', join(directory, name)]),
  );
  await waitFor("the program", async () => (await childrenOf(first)).length > 0);
  process.kill(first, "SIGKILL");
  await Promise.all(all);
  expect((await readdir(directory)).toSorted()).toEqual(["a", "b", "c"]);
  expect(await shellPid()).not.toBe(first);
});

it("keeps nothing of the server's environment, and neither the process nor itself alive", async () => {
  const script = `
    const { readFileSync } = await import("node:fs");
    const { runSmall } = await import("./run-small.ts");
    await runSmall("true", []);
    const [shell] = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim().split(" ");
    const environment = readFileSync("/proc/" + shell + "/environ", "utf8").split("\\0").filter(Boolean);
    console.log(JSON.stringify({ shell: Number(shell), names: environment.map((one) => one.split("=")[0]) }));
  `;
  const env = { ...process.env, TRUNKLINE_SECRET_KEY: "canary" };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    env,
  });
  const { shell, names } = JSON.parse(stdout) as { shell: number; names: string[] };
  expect(names).toEqual(["PATH"]);
  await waitFor("the shell's end", async () =>
    stat(`/proc/${shell}`).then(
      () => false,
      () => true,
    ),
  );
});
