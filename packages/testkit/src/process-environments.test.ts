import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { environmentsBelow } from "./process-environments.ts";
import { waitFor } from "./wait-for.ts";

test("a process that was forked and runs no program of its own yet is not among those below", async () => {
  // The shell forks itself for the parentheses; that one starts the program, without the variable.
  const shell = spawn("sh", ["-c", "(unset CANARY; sleep 1000; :) & wait"], {
    env: { PATH: process.env["PATH"], CANARY: "sung" },
    detached: true,
  });
  try {
    const environments = await waitFor("the program", async () => {
      const found = [...(await environmentsBelow(shell.pid ?? 0)).values()];
      return found.length > 0 && found;
    });
    expect(environments).toHaveLength(1);
    expect(environments[0]).not.toContain("CANARY");
  } finally {
    process.kill(-(shell.pid ?? 0), "SIGKILL");
  }
});
