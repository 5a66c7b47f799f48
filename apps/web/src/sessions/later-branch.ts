import { preloaded } from "../ui/preloaded.tsx";

/** Not in the first load: few sessions have subagents. Apart from the other later parts, which include the rail itself. */
export const LaterBranch = preloaded(
  async () => (await import("./subagent-branch.tsx")).SubagentBranch,
  () => null,
  "wait",
);
