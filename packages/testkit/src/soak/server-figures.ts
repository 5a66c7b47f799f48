import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { processesBelow } from "../processes-below.ts";

/** What a server holds at one moment. */
export interface ServerFigures {
  residentBytes: number;
  handles: number;
  processes: number;
  /** In its temporary directory, and in those of its data directory that hold what is under way. */
  temporaryFiles: number;
}

const UNDER_WAY = ["imports", "outputs", "scratch", "blobs/incoming", "workspaces/.preparing"];

/** Reads them from the kernel (Linux). @param temporary its TMPDIR */
export async function readServerFigures(
  pid: number,
  dataDir: string,
  temporary: string,
): Promise<ServerFigures> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const directories = [temporary, ...UNDER_WAY.map((name) => join(dataDir, name))];
  const files = await Promise.all(directories.map(countFiles));
  return {
    residentBytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) * 1_024,
    handles: (await readdir(`/proc/${pid}/fd`)).length,
    processes: (await processesBelow(dataDir)).length,
    temporaryFiles: files.reduce((sum, count) => sum + count, 0),
  };
}

async function countFiles(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).length;
}

/** The middle of each figure, so that one moment does not decide. */
export function medianFigures(samples: readonly ServerFigures[]): ServerFigures {
  const median = (pick: (figures: ServerFigures) => number): number => {
    const sorted = samples.map(pick).toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  };
  return {
    residentBytes: median((figures) => figures.residentBytes),
    handles: median((figures) => figures.handles),
    processes: median((figures) => figures.processes),
    temporaryFiles: median((figures) => figures.temporaryFiles),
  };
}
