import { z } from "zod";
import { MAX_ANSWER_LENGTH } from "./limits.ts";

/** An option of a question. */
export const QuestionOption = z.strictObject({
  /** What the answer names; unique in its question. */
  id: z.string().min(1).max(100),
  label: z.string().min(1).max(500),
  description: z.string().max(2_000).optional(),
});
export type QuestionOption = z.infer<typeof QuestionOption>;

/** What a field of a form holds; a list for several choices. */
export const FormValue = z.union([
  z.string().max(MAX_ANSWER_LENGTH),
  z.number(),
  z.boolean(),
  z.array(z.string().max(500)).max(100),
]);
export type FormValue = z.infer<typeof FormValue>;

/** A field of a form. */
export const FormField = z.strictObject({
  /** What the answer calls it; unique in its form. */
  name: z.string().min(1).max(200),
  title: z.string().max(500).optional(),
  description: z.string().max(2_000).optional(),
  type: z.enum(["text", "number", "integer", "boolean", "choice"]),
  /** Whether it can't be left out. */
  required: z.boolean(),
  /** Of a choice: values to choose from, each with a name for people. */
  options: z
    .array(z.strictObject({ value: z.string().max(500), label: z.string().max(500) }))
    .max(100)
    .optional(),
  /** Of a choice: whether several may be chosen. */
  multiple: z.boolean().optional(),
  /** Of a text: what it has to be. */
  format: z.enum(["email", "uri", "date", "date-time"]).optional(),
  /** Smallest number, fewest characters, or fewest choices. */
  minimum: z.number().optional(),
  /** Largest number, most characters, or most choices. */
  maximum: z.number().optional(),
  /** What to fill in beforehand. */
  default: FormValue.optional(),
});
export type FormField = z.infer<typeof FormField>;

/** What an MCP server asks for in the middle of a call. */
export const QuestionForm = z.strictObject({
  /** The server that asks. */
  server: z.string().max(200),
  /** Empty: it only wants to know whether the user agrees. */
  fields: z.array(FormField).max(50),
  /** An address that it asks the user to open. */
  url: z.string().max(4_000).optional(),
});
export type QuestionForm = z.infer<typeof QuestionForm>;

/** The answer to a question: text, options, or both; to a form: its values, or that it is declined. */
export const QuestionAnswer = z.strictObject({
  text: z.string().optional(),
  /** Ids of the chosen options. */
  options: z.array(z.string()).optional(),
  /** By field; fields that are not required may be left out. */
  values: z.record(z.string(), FormValue).optional(),
  declined: z.literal(true).optional(),
});
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;
