import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

it("serves until it is told to stop, and the other commands find it", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "trunkline-serve-"));
  try {
    await using serving = new CliProcess(["serve", "--port", "0", "--web", "off", "--data-dir", dataDir], {});
    await waitFor("the sign-in link", () => /sign-in\?code=/.test(serving.out + serving.err));
    const sessions = await CliProcess.run(["sessions", "--data-dir", dataDir], {});
    expect(sessions).toMatchObject({ exitCode: 0, out: "", err: expect.stringContaining("No sessions yet") });

    const second = await CliProcess.run(["serve", "--port", "0", "--web", "off", "--data-dir", dataDir], {});
    expect(second.exitCode).toBe(1);
    expect(second.err).toContain(dataDir);

    serving.signal("SIGTERM");
    expect((await serving.ended()).exitCode).toBe(0);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
