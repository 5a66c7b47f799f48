import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The machine that the figures are from. */
export function describeMachine() {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? "unknown",
    memoryMB: Math.round(totalmem() / 1e6),
    kernel: release(),
    node: process.version,
  };
}

/** CPU time of all processes since boot, in ms (`man 5 proc`, /proc/stat). */
export function readMachineCpuMs(): number {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) * 10;
}
