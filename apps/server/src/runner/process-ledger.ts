import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessLedger, ProcessRecord } from "../tools/port.ts";

/**
 * A file per running process. They must survive the server, not the machine: after a power cut none of the processes
 * exists, so nothing here is synced.
 */
export async function openProcessLedger(
  directory: string,
): Promise<{ ledger: ProcessLedger; left: ProcessRecord[] }> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const pathOf = ({ marker }: ProcessRecord): string => join(directory, `${marker}.json`);
  const left = await readRecords(directory);
  return {
    left,
    ledger: {
      onSpawn: async (record) => writeFile(pathOf(record), JSON.stringify(record), { mode: 0o600 }),
      onExit: async (record) => rm(pathOf(record), { force: true }),
    },
  };
}

/** Removes the records of processes that are gone. */
export async function forgetProcesses(directory: string, records: readonly ProcessRecord[]): Promise<void> {
  for (const { marker } of records) await rm(join(directory, `${marker}.json`), { force: true });
}

async function readRecords(directory: string): Promise<ProcessRecord[]> {
  const records: ProcessRecord[] = [];
  for (const name of await readdir(directory)) {
    try {
      records.push(JSON.parse(await readFile(join(directory, name), "utf8")) as ProcessRecord);
    } catch (error) {
      // Half a file: the server died while writing it. The process is found by its marker instead.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return records;
}
