import { cpus, loadavg, release, totalmem } from "node:os";

/** What the figures were measured on. */
export function describeMachine() {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? "unknown",
    memoryMB: Math.round(totalmem() / 1e6),
    kernel: release(),
    node: process.version,
    /** Of the last minute, before the run: above a few tenths, something else was at work. */
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
