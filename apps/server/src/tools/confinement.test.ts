import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { workspaceFiles } from "./files/workspace-files.ts";
import { ToolBench } from "./testing/tool-bench.ts";

/** A directory outside the workspace: its contents must not appear in any result or change. */
async function outside() {
  const path = await mkdtemp(join(tmpdir(), "trunkline-outside-"));
  await mkdir(join(path, "inner-canary"));
  await writeFile(join(path, "secret"), "canary", { mode: 0o640 });
  return {
    path,
    secret: join(path, "secret"),
    check: async () => {
      expect(await readFile(join(path, "secret"), "utf8")).toBe("canary");
      expect((await stat(join(path, "secret"))).mode & 0o777).toBe(0o640);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** Runs a Python loop in the workspace until disposed, at most a minute. */
async function swapping(bench: ToolBench, target: string, body: string): Promise<AsyncDisposable> {
  const script = `
import os, sys, time
os.chdir(sys.argv[1])
target = sys.argv[2]
print("ready", flush=True)
until = time.monotonic() + 60
while time.monotonic() < until:
    try:
        ${body}
    except OSError:
        pass
`;
  const child = spawn("python3", ["-c", script, bench.workspace, target]);
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      expect(await ended).toEqual([null, "SIGKILL"]);
    },
  };
}

test("a file that is swapped for a link in between is not read or written through", async () => {
  await using bench = await ToolBench.create();
  await using secret = await outside();
  await writeFile(bench.path("real"), "harmless");
  const seen = { read: 0, refused: 0 };
  {
    await using _ = await swapping(
      bench,
      secret.secret,
      `os.symlink(target, "link"); os.rename("link", "place"); os.link("real", "copy"); os.rename("copy", "place")`,
    );
    // Until both were met, which on a busy machine takes longer: otherwise nothing was tested.
    for (let round = 0; round < 400 || seen.read === 0 || seen.refused === 0; round++) {
      const calls = await Promise.allSettled([
        bench.call("read_file", { path: "place" }),
        bench.call("edit_file", { path: "place", oldText: "canary", newText: "changed" }),
        bench.call("write_file", { path: "place", content: "harmless" }),
      ]);
      for (const call of calls) {
        const text = call.status === "fulfilled" ? call.value.output : String(call.reason);
        expect(text).not.toMatch(/canary(?!')|changed/);
      }
      if (calls[0].status === "fulfilled") seen.read++;
      else seen.refused++;
    }
  }
  await secret.check();
});

test("a walk through directories that are swapped for links meanwhile shows nothing of what is behind them", async () => {
  await using bench = await ToolBench.create();
  await using secret = await outside();
  await mkdir(bench.path("top/real/below"), { recursive: true });
  await writeFile(bench.path("top/real/below/file"), "");
  let walkedInto = 0;
  {
    await using _ = await swapping(
      bench,
      secret.path,
      `os.symlink(target, "link"); os.rename("link", "top/place"); os.remove("top/place"); os.rename("top/real", "top/place"); os.rename("top/place", "top/real")`,
    );
    for (let round = 0; round < 400 || walkedInto === 0; round++) {
      const { output } = await bench.call("list_files", { depth: 6 });
      expect(output).not.toMatch(/secret|canary/);
      if (output.includes("below/")) walkedInto++;
    }
  }
});

test("neither a download nor an archive follows what is swapped for a link meanwhile", async () => {
  await using bench = await ToolBench.create();
  await using secret = await outside();
  await mkdir(bench.path("real"));
  await writeFile(bench.path("real/secret"), "harmless");
  const seen = { read: 0, archived: 0 };
  {
    await using _ = await swapping(
      bench,
      secret.path,
      `os.symlink(target, "link"); os.rename("link", "place"); os.remove("place"); os.rename("real", "place"); os.rename("place", "real")`,
    );
    for (let round = 0; round < 400 || seen.read === 0 || seen.archived === 0; round++) {
      const text = await workspaceFiles
        .open(bench.workspace, "place/secret")
        .then(async ({ content }) => Buffer.concat(await Array.fromAsync(content)).toString())
        .catch((error: unknown) => String(error));
      expect(text).not.toContain("canary");
      if (text === "harmless") seen.read++;
      const packed = await Array.fromAsync(
        workspaceFiles.archive(bench.workspace, { top: "top", git: false }),
      );
      const archive = gunzipSync(Buffer.concat(packed)).toString("latin1");
      expect(archive).not.toMatch(/canary/);
      if (archive.includes("top/place/secret")) seen.archived++;
    }
  }
});

test("a hard link is never written through: whatever else has the file keeps it as it was", async () => {
  await using bench = await ToolBench.create();
  await using secret = await outside();
  await link(secret.secret, bench.path("hard"));
  await bench.call("edit_file", { path: "hard", oldText: "canary", newText: "mine" });
  await secret.check();
  await rm(bench.path("hard"));
  await link(secret.secret, bench.path("hard"));
  await bench.call("write_file", { path: "hard", content: "mine" });
  expect(await readFile(bench.path("hard"), "utf8")).toBe("mine");
  await secret.check();
});

test("ways through /proc and /dev are ways out like others", async () => {
  await using bench = await ToolBench.create();
  for (const [name, target] of Object.entries({
    root: "/proc/self/root",
    directory: "/proc/self/cwd",
    environment: "/proc/self/environ",
    null: "/dev/null",
  })) {
    await symlink(target, bench.path(name));
    for (const path of [name, `${name}/etc/passwd`, target]) {
      await expect(bench.call("read_file", { path })).rejects.toThrow(/outside the workspace|no directory/);
      await expect(bench.call("write_file", { path, content: "x" })).rejects.toThrow(
        /outside the workspace|no directory/,
      );
    }
  }
});

test("pipes, sockets and devices are neither read nor replaced, and hold nobody up", async ({ skip }) => {
  await using bench = await ToolBench.create();
  const server = createServer().listen(bench.path("socket"));
  await once(server, "listening");
  await bench.call("bash", { command: "mkfifo pipe" });
  const names = ["pipe", "socket"];
  const isRoot = process.getuid?.() === 0;
  if (isRoot && spawnSync("mknod", [bench.path("device"), "c", "1", "5"]).status === 0) names.push("device");
  for (const path of names) {
    await expect(bench.call("read_file", { path })).rejects.toThrow("not a regular file");
    await expect(bench.call("edit_file", { path, oldText: "a", newText: "b" })).rejects.toThrow(
      "not a regular file",
    );
    await expect(bench.call("write_file", { path, content: "x" })).rejects.toThrow("not a regular file");
  }
  server.close();
  skip(names.length < 3, "only root can make a device");
});

test("another spelling of the workspace's own path is another path", async () => {
  await using bench = await ToolBench.create();
  await writeFile(bench.path("File"), "x");
  for (const path of [
    bench.path("File").toUpperCase(),
    `${bench.workspace}-other/File`,
    `${bench.workspace}/../x`,
  ]) {
    await expect(bench.call("read_file", { path })).rejects.toThrow("outside the workspace");
  }
  await expect(bench.call("read_file", { path: "file" })).rejects.toThrow("no such file");
  expect((await bench.call("read_file", { path: `${bench.workspace}/./a/..//File` })).output).toBe("x");
});
