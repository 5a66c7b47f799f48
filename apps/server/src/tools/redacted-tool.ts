import type { ContentPart, Json } from "@trunkline/contract";
import type { Redactor } from "../secrets/port.ts";
import type { Question, Tool, ToolResult } from "./port.ts";

/** Wraps a tool so that its output, results and errors contain none of the server's secrets. */
export function redactedTool(tool: Tool, redactor: Redactor): Tool {
  return {
    ...tool,
    async execute(input, context): Promise<ToolResult> {
      const shown = redactor.stream();
      const { ask } = context;
      const show = async (piece: string): Promise<void> => {
        if (piece !== "") await context.progress(piece);
      };
      try {
        const result = await tool.execute(input, {
          ...context,
          progress: (chunk) => show(shown.push(chunk)),
          ...(ask && { ask: async (question, signal) => ask(redactedQuestion(question, redactor), signal) }),
        });
        await show(shown.end());
        return {
          ...result,
          output: redactor.redact(result.output),
          content: result.content?.map((part) => redactedPart(part, redactor)),
        };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const safe = redactor.redact(message);
        throw safe === message ? error : new Error(safe);
      }
    },
  };
}

/** What is sent back stays as it is: names of fields and values of choices. */
function redactedQuestion(question: Question, { redact }: Redactor): Question {
  const { text, form } = question;
  if (form === undefined) return { ...question, text: redact(text) };
  const fields = form.fields.map((field) => ({
    ...field,
    ...(field.title !== undefined && { title: redact(field.title) }),
    ...(field.description !== undefined && { description: redact(field.description) }),
    ...(typeof field.default === "string" && { default: redact(field.default) }),
  }));
  return { ...question, text: redact(text), form: { ...form, fields } };
}

function redactedPart(part: ContentPart, { redact }: Redactor): ContentPart {
  switch (part.type) {
    case "text":
      return { ...part, text: redact(part.text) };
    case "diff":
      return { ...part, diff: redact(part.diff) };
    case "json":
      return { ...part, value: redactedJson(part.value, redact) };
    default:
      return part;
  }
}

function redactedJson(value: Json, redact: (text: string) => string): Json {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactedJson(item, redact));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactedJson(item, redact)]),
  );
}
