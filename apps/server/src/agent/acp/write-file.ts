import type { RunInput } from "../port.ts";

/** What an agent has its client write goes through the server's own tool, with its bounds. */
export async function writeFile(input: RunInput, path: string, content: string) {
  const { sessionId, ownerId, workspace, taskId, tools, signal } = input;
  const session = { sessionId, ownerId, workspace };
  const tool = (await tools.toolsOf(session)).find(({ name }) => name === "write_file");
  if (tool === undefined) throw new Error("This server has no tool that writes files");
  const context = {
    ...session,
    taskId,
    callId: "acp",
    signal,
    progress: async () => undefined,
    refused: () => undefined,
  };
  return tool.execute(tool.inputSchema.parse({ path, content }), context);
}
