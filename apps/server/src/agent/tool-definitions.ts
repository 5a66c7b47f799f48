import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { z } from "zod";
import type { Tool } from "../tools/port.ts";

const definitions = new WeakMap<Tool, LanguageModelV4FunctionTool>();

/** The tools as the model is shown them. */
export function toolDefinitions(tools: readonly Tool[]): LanguageModelV4FunctionTool[] {
  return tools.map((tool) => {
    const known = definitions.get(tool);
    if (known !== undefined) return known;
    const definition = define(tool);
    definitions.set(tool, definition);
    return definition;
  });
}

function define({ name, description, inputSchema }: Tool): LanguageModelV4FunctionTool {
  const schema = z.toJSONSchema(inputSchema, { io: "input", target: "draft-7" });
  return { type: "function", name, description, inputSchema: schema };
}
