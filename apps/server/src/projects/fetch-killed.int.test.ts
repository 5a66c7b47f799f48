import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { openSources } from "./testing/open-sources.ts";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";

const PROCESS = fileURLToPath(new URL("testing/fetching-process.ts", import.meta.url));
/** More with TRUNKLINE_KILL_SEEDS. */
const SEEDS = Number(process.env["TRUNKLINE_KILL_SEEDS"] ?? 2);
/** Kills fall anywhere in a fetch, which takes some hundred ms. */
const WITHIN_MS = 600;

test(
  `kill -9 in a fetch, ${SEEDS} times: the mirror is whole, and the next fetch goes on`,
  { timeout: 300_000 + SEEDS * 10_000 },
  async () => {
    await using directory = await TemporaryDirectory.create();
    const [dataDir, root] = [directory.join("data"), directory.join("root")];
    const source = join(root, "a");
    await mkdir(root);
    await makeRepository(source, { "a.txt": "a\n" });
    const sources = [source, `file://${source}`];
    for (let seed = 0; seed < SEEDS; seed++) {
      const head = await commitFiles(source, `change ${seed}`, {
        [`f${seed}.txt`]: Array.from({ length: 2_000 }, () => randomUUID()).join("\n"),
      });
      await git(source, "branch", `b${seed}`);
      const child = spawn(process.execPath, [PROCESS, dataDir, root, ...sources], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ids: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        ids.push(line);
        if (ids.length === sources.length) break;
      }
      await delay((seed * 137) % WITHIN_MS);
      child.kill("SIGKILL");
      await once(child, "close");

      await using opened = await openSources({ dataDir, root, keeps: true });
      for (const id of ids) {
        const mirror = join(dataDir, "shared", "projects", id, "mirror.git");
        const before = await readdir(join(mirror, "objects")).catch(() => null);
        if (before !== null) await git(mirror, "fsck", "--strict", "--no-dangling");
        const base = await opened.fetch(id);
        expect(base).toMatchObject({ commit: head });
        expect(base.fetched.offline).toBeUndefined();
        expect(await git(mirror, "rev-list", "--count", "main")).toBe(String(seed + 2));
        expect(await readdir(join(mirror, ".."))).toEqual(["mirror.git"]);
      }
    }
  },
);
