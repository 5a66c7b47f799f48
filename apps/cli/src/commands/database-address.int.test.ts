import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

it.each(["vacuum", "rotate-key", "backup"])(
  "trunkline %s takes PostgreSQL's address from a file, too",
  async (command) => {
    const directory = await mkdtemp(join(tmpdir(), "trunkline-address-"));
    const address = join(directory, "address");
    // Nobody listens there.
    await writeFile(address, "postgres://trunkline@127.0.0.1:9/trunkline\n");
    const args = command === "backup" ? [command, "--all", join(directory, "backup")] : [command];
    const { exitCode, err } = await CliProcess.run(args, {
      TRUNKLINE_DATA_DIR: directory,
      TRUNKLINE_DATABASE_URL_FILE: address,
    });
    expect(err).not.toContain("There is no database");
    expect(err).toMatch(/ECONNREFUSED|refused|pg_dump/);
    expect(exitCode).not.toBe(0);
    await rm(directory, { recursive: true });
  },
);
