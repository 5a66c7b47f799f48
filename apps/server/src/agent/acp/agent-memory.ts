import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What an agent remembers of a session of ours, in a session of its own. */
const Memory = z.object({
  /** The agent's name for it. */
  sessionId: z.string().min(1).max(1_000),
  /** The last task of ours that it has been told of. */
  taskId: z.string(),
});
export type Memory = z.infer<typeof Memory>;

/** Directories of one agent in one session; removed with the session. */
export interface AgentPlace {
  /** Its home, which it may write: what it remembers, its caches. */
  home: string;
  /** What the server tells it by files, which it may only read. */
  settings: string;
  memory(): Promise<Memory | null>;
  remember(memory: Memory): Promise<void>;
  /** The agent is told of the session anew. */
  forget(): Promise<void>;
}

/** @param directory of all agents of the session. */
export async function openAgentPlace(directory: string, agent: string): Promise<AgentPlace> {
  const own = join(directory, agent.replaceAll(/[^a-z0-9-]/gi, "_"));
  const home = join(own, "home");
  const settings = join(own, "settings");
  // Beside the home, where the agent can't reach it.
  const path = join(own, "memory.json");
  await Promise.all([home, settings].map(async (place) => mkdir(place, { recursive: true, mode: 0o700 })));
  return {
    home,
    settings,
    async memory() {
      const text = await readFile(path, "utf8").catch(() => null);
      if (text === null) return null;
      try {
        return Memory.parse(JSON.parse(text));
      } catch {
        // Of a server that was killed while it wrote: the agent is told anew.
        return null;
      }
    },
    async remember(memory) {
      await writeFile(`${path}.new`, JSON.stringify(memory), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    async forget() {
      await rm(path, { force: true });
    },
  };
}
