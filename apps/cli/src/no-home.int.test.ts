import { mkdtempDisposable, readdir } from "node:fs/promises";
import { userInfo, tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { installedLauncher } from "./testing/launcher.ts";

it("an empty HOME is not the directory that a command is typed in", async () => {
  await using here = await mkdtempDisposable(join(tmpdir(), "trunkline-no-home-"));
  const { stderr, status } = spawnSync(process.execPath, [installedLauncher(), "sessions"], {
    cwd: here.path,
    env: { PATH: process.env["PATH"], HOME: "", TRUNKLINE_PROFILE: "" },
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
  expect(stderr).not.toContain(here.path);
  expect(stderr).toContain(userInfo().homedir);
  expect(await readdir(here.path)).toEqual([]);
});

it.runIf(process.getuid?.() === 0)("a user without a home is told what to set", () => {
  // Once it runs: the program of Node itself may be in root's home.
  const become = "data:text/javascript,process.setgid(54321);process.setuid(54321)";
  const { stderr, status } = spawnSync(
    process.execPath,
    ["--import", become, installedLauncher(), "sessions"],
    {
      cwd: "/",
      env: { PATH: process.env["PATH"] },
      encoding: "utf8",
    },
  );
  expect(stderr).toMatch(/^error: There is no home directory: .*Set HOME, or TRUNKLINE_DATA_DIR/);
  expect(status).toBe(2);
});
