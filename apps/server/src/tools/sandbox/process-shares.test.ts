import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { ProcessShares, processRoom } from "./process-shares.ts";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { bwrap, NO_BWRAP, SandboxBench } from "./testing/sandbox-bench.ts";

it("leaves others something, however many commands one has started", () => {
  const shares = new ProcessShares(512, 3_000);
  const taken = Array.from({ length: 9 }, () => shares.take());
  const sum = taken.reduce((total, { processes }) => total + processes, 0);
  expect(sum).toBeLessThan(3_000 * 0.875);
  expect(taken[0]?.processes).toBe(512);
  expect(shares.take().processes).toBeGreaterThanOrEqual(48);
});

it("leaves others something, however many one user's stay", () => {
  const shares = new ProcessShares(512, 15_000);
  const bobs = Array.from({ length: 64 }, () => shares.take("bob"));
  expect(shares.take("alice").processes).toBeGreaterThan(300);
  for (const share of bobs) share.release();
  expect(shares.take("bob").processes).toBe(512);
});

it("gives back what has ended, once", () => {
  const shares = new ProcessShares(512, 1_000);
  const first = shares.take();
  const less = shares.take();
  expect(less.processes).toBeLessThan(first.processes);
  less.release();
  first.release();
  first.release();
  expect([shares.take().processes, shares.take().processes]).toEqual([first.processes, less.processes]);
});

it("goes by the lowest limit: of the process, the machine, or any control group around it", async () => {
  await using directory = await TemporaryDirectory.create();
  const files = {
    "proc/self/limits":
      "Limit  Soft Limit  Hard Limit  Units\nMax processes             5000   7000   processes\n",
    "proc/sys/kernel/threads-max": "90000\n",
    "proc/sys/kernel/pid_max": "32768\n",
    "proc/self/cgroup": "12:pids:/docker/x\n0::/system.slice/a.service\n",
    "cgroup/system.slice/a.service/pids.max": "max\n",
    "cgroup/system.slice/pids.max": "4915\n",
    "cgroup/pids/docker/pids.max": "max\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(directory.join(name)), { recursive: true });
    await writeFile(directory.join(name), text);
  }
  const room = async () => processRoom(directory.join("proc"), directory.join("cgroup"));
  expect(await room()).toBe(4_915);
  await mkdir(directory.join("cgroup/pids/docker/x"));
  await writeFile(directory.join("cgroup/pids/docker/x/pids.max"), "100\n");
  expect(await room()).toBe(100);
  expect(await processRoom(directory.join("nothing"), directory.join("nothing"))).toBe(Infinity);
});

it("is a command's for as long as it lives", async ({ skip }) => {
  skip(bwrap === null, NO_BWRAP);
  await using bench = await SandboxBench.create({ processRoom: 1_000 });
  const first = bench.run("ulimit -u; touch up; until [ -e done ]; do sleep 0.05; done");
  const second = bench.run("until [ -e up ]; do sleep 0.05; done; ulimit -u; touch done");
  const limits = (await Promise.all([first, second])).map(({ output }) => Number(output));
  expect(limits.toSorted((a, b) => b - a)).toEqual([291, 194]);
  expect(await bench.run("ulimit -u")).toMatchObject({ output: "291\n" });
});
