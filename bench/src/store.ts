/**
 * The embedded store and the log beside plain better-sqlite3, in one run: `node bench/src/store.ts`. BENCH_DIR chooses
 * the disk, BENCH_SCALE=0.1 makes it quick and rough.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureAppends } from "./store/appends.ts";
import { measureGrowth } from "./store/growth.ts";
import { printTable } from "./store/measure.ts";
import { measureReplay } from "./store/replay.ts";

const directory = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "trunkline-bench-"));
const scale = Number(process.env["BENCH_SCALE"] ?? 1);
const only = process.argv[2];
try {
  if (only === undefined || only === "appends") printTable("Appends", await measureAppends(directory, scale));
  if (only === undefined || only === "replay") printTable("Replay", await measureReplay(directory, scale));
  if (only === undefined || only === "growth") printTable("Growth", await measureGrowth(directory, scale));
} finally {
  await rm(directory, { recursive: true });
}
