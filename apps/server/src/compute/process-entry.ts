import type { Reply, Work } from "./protocol.ts";

// The server is gone.
process.once("disconnect", () => process.exit());
process.on("message", (work) => void answer(work as Work));

async function answer({ module, input }: Work): Promise<void> {
  const outcome = await run(module, input);
  const { user, system } = process.cpuUsage();
  const reply: Reply = { ...outcome, cpuSeconds: (user + system) / 1_000_000 };
  process.send?.(reply);
}

async function run(module: string, input: unknown) {
  try {
    const { default: handler } = (await import(module)) as { default: (input: unknown) => unknown };
    return { type: "returned" as const, value: await handler(input) };
  } catch (error) {
    return { type: "thrown" as const, error };
  }
}
