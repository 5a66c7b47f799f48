import type { Redactor } from "../secrets/port.ts";
import type { Tool, ToolResult } from "./port.ts";

/** The same tool; what it shows, gives back and throws holds none of the server's secrets. */
export function redactedTool(tool: Tool, redactor: Redactor): Tool {
  return {
    ...tool,
    async execute(input, context): Promise<ToolResult> {
      const shown = redactor.stream();
      const show = async (piece: string): Promise<void> => {
        if (piece !== "") await context.progress(piece);
      };
      try {
        const result = await tool.execute(input, {
          ...context,
          progress: (chunk) => show(shown.push(chunk)),
        });
        await show(shown.end());
        return { ...result, output: redactor.redact(result.output) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const safe = redactor.redact(message);
        throw safe === message ? error : new Error(safe);
      }
    },
  };
}
