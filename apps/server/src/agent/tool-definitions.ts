import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { z } from "zod";
import type { Tool } from "../tools/port.ts";

const definitions = new WeakMap<Tool, LanguageModelV4FunctionTool>();

/** The tool as shown to the model. */
export function toolDefinition(tool: Tool): LanguageModelV4FunctionTool {
  const known = definitions.get(tool);
  if (known !== undefined) return known;
  const { name, description } = tool;
  const inputSchema = z.toJSONSchema(tool.inputSchema, { io: "input", target: "draft-7" });
  const definition: LanguageModelV4FunctionTool = { type: "function", name, description, inputSchema };
  if (tool.jsonSchema !== undefined) definition.inputSchema = tool.jsonSchema;
  definitions.set(tool, definition);
  return definition;
}
