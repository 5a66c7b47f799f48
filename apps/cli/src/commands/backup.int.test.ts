import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLog, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

it("backs up under a running server, refuses to restore under it, and restores what was there", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-backup-"));
  const file = join(directory, "copy.db");
  try {
    await using server = await ServerFixture.start();
    const at = ["--data-dir", server.dataDir];
    const kept = await server.client.session.create.mutate({ title: "kept" });
    const log = await readLog(server.client, kept.id);

    const backup = await CliProcess.run(["backup", file, "--json", ...at], {});
    expect(backup.exitCode).toBe(0);
    expect(JSON.parse(backup.out)).toEqual({ file, bytes: (await stat(file)).size });
    const again = await CliProcess.run(["backup", file, ...at], {});
    expect(again).toMatchObject({ exitCode: 1, err: expect.stringContaining("already exists") });
    const later = await server.client.session.create.mutate({ title: "later" });
    const early = await CliProcess.run(["restore", file, ...at], {});
    expect(early).toMatchObject({ exitCode: 1, err: expect.stringContaining(String(server.pid)) });

    await server.stop();
    const restored = await CliProcess.run(["restore", file, "--json", ...at], {});
    expect(restored.exitCode).toBe(0);
    expect(JSON.parse(restored.out)).toEqual({
      replaced: expect.stringContaining(server.dataDir),
      tokens: 1,
    });
    await server.restart();
    expect(await readLog(server.client, kept.id)).toEqual(log);
    await expect(server.client.session.get.query({ sessionId: later.id })).rejects.toMatchObject({
      data: { reason: "not_found" },
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
