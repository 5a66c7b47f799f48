import { createRunTask, type LoopDeps } from "./loop.ts";
import type { Agent } from "./port.ts";
import { FULL, PLAN, type Preset, READ_ONLY } from "./preset.ts";

/** The built-in agent, under the names of its presets; the default first. */
export function builtInAgents(deps: Omit<LoopDeps, "preset">): readonly Agent[] {
  const agent = (name: string, description: string, preset: Preset): Agent => ({
    name,
    description,
    uses: preset.uses,
    run: createRunTask({ ...deps, preset }),
  });
  return [
    agent("default", "Works on tasks in the session's workspace, with all tools of this server", FULL),
    agent(
      "read-only",
      "Answers questions about the workspace; changes no file and runs no command",
      READ_ONLY,
    ),
    agent("plan", "Reads the workspace and writes a plan; changes no file and runs no command", PLAN),
  ];
}
