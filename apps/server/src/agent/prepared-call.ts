import type { ToolCall } from "@trunkline/contract";
import { z } from "zod";
import type { Tool } from "../tools/port.ts";
import { parseLeniently } from "./lenient-input.ts";
import { describeBadInput } from "./tool-input.ts";

export interface PreparedCall {
  tool: Tool;
  /** Output of the tool's schema. */
  input: unknown;
}

/** @returns the tool and its validated input, or a message for the model. */
export function prepareCall(tools: readonly Tool[], call: ToolCall): PreparedCall | { refusal: string } {
  const tool = tools.find(({ name }) => name === call.tool);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(", ");
    return { refusal: `There is no tool '${call.tool}'. The tools are: ${names}` };
  }
  if (typeof call.input === "string") {
    return {
      refusal: `${describeBadInput(call.input)}. Call ${tool.name} again with a complete JSON object`,
    };
  }
  const parsed = parseLeniently(tool.inputSchema, call.input);
  if (parsed.success) return { tool, input: parsed.data };
  return { refusal: `The input does not fit the tool ${tool.name}:\n${z.prettifyError(parsed.error)}` };
}
