import type { Usage } from "@trunkline/contract";
import { AnswerBlocks } from "./answer-blocks.ts";
import { faultContextOf } from "./fault-context.ts";
import type { ModelRequest } from "./model.ts";
import { callModel } from "./model-call.ts";
import type { ResolvedModel } from "./port.ts";

/** A model call without tools that logs nothing itself; its caller does. @throws like `callModel` */
export async function callForText(
  { model, signal }: { model: ResolvedModel; signal: AbortSignal },
  { system, text, ...limits }: { system: string; text: string } & Omit<ModelRequest, "prompt" | "tools">,
): Promise<{ text: string; usage: Usage }> {
  const texts: string[] = [];
  const { usage } = await callModel(
    {
      model: model.model,
      request: {
        prompt: [
          { role: "system", content: system },
          { role: "user", content: [{ type: "text", text }] },
        ],
        ...limits,
      },
      patience: model.patience,
      sink: {
        append: async () => [],
        delta: async (event) => {
          if (event.type === "text.delta") texts.push(event.data.text);
        },
      },
      signal,
      faultContext: faultContextOf(model),
    },
    new AnswerBlocks(),
  );
  return { text: texts.join(""), usage };
}
