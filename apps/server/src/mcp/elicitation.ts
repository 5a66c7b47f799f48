import {
  type ElicitRequest,
  ElicitRequestSchema,
  type ElicitResult,
  type PrimitiveSchemaDefinition,
  type StringSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { FormField, QuestionAnswer } from "@trunkline/contract";
import { z } from "zod";
import { valuesIn } from "../common/foreign-json.ts";
import type { Question } from "../tools/port.ts";
import { cleanText } from "./clean-text.ts";

/** Fields of one form, and choices of one field. */
const MAX_FIELDS = 50;
const MAX_OPTIONS = 100;
const MAX_MESSAGE_LENGTH = 4_000;
const MAX_URL_LENGTH = 4_000;
/** Values of a whole request: those of the largest form, with titles of its choices. */
const MAX_VALUES = 20_000;

/**
 * What a server asks of the user, as it came. How much it is is looked at first: of a form with thousands of fields the check
 * alone would keep the loop from everybody else. @throws Error in words for the server
 */
export function elicitParams(request: object): ElicitRequest["params"] {
  const { properties = {} } = SizedForm.safeParse(request).data?.params.requestedSchema ?? {};
  if (Object.keys(properties).length > MAX_FIELDS) throw tooManyFields();
  if (valuesIn(JSON.stringify(request)) > MAX_VALUES) {
    throw new Error(`A request has at most ${MAX_VALUES} values`);
  }
  const parsed = ElicitRequestSchema.safeParse(request);
  if (!parsed.success) throw new Error("It asks for neither a form nor a page as MCP describes them");
  return parsed.data.params;
}

const SizedForm = z.object({
  params: z.object({ requestedSchema: z.object({ properties: z.custom<object>(isObject) }) }),
});

/**
 * What a server asks of the user (MCP 2025-11-25, "Elicitation"), as a question; its words cleaned and within bounds.
 * @throws Error in words for the server if it can't be asked.
 */
export function questionOf(server: string, params: ElicitRequest["params"]): Question {
  const said = cleanText(params.message, MAX_MESSAGE_LENGTH).trim();
  if (params.mode === "url") {
    const url = httpUrl(params.url);
    const text = `The MCP server ${server} asks you to open a page: ${said}`;
    return { text, form: { server, fields: [], url } };
  }
  const { properties, required = [] } = params.requestedSchema;
  const entries = Object.entries(properties);
  if (entries.length > MAX_FIELDS) throw tooManyFields();
  const fields = entries.map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
  return { text: `The MCP server ${server} asks: ${said}`, form: { server, fields } };
}

/** @param answer null: nobody answered. */
export function resultOf(answer: QuestionAnswer | null): ElicitResult {
  if (answer === null) return { action: "cancel" };
  return answer.declined === true
    ? { action: "decline" }
    : { action: "accept", content: { ...answer.values } };
}

function fieldOf(name: string, schema: PrimitiveSchemaDefinition, required: boolean): FormField {
  if (name === "" || name.length > 200) throw new Error("A field's name has 1 to 200 characters");
  const { title, description } = schema;
  const named = {
    name,
    required,
    ...(title !== undefined && { title: cleanText(title, 500) }),
    ...(description !== undefined && { description: cleanText(description, 2_000) }),
    ...(schema.default !== undefined && { default: schema.default }),
  };
  if (schema.type === "boolean") return { ...named, type: "boolean" };
  if (schema.type === "number" || schema.type === "integer") {
    return { ...named, type: schema.type, ...bounds(schema.minimum, schema.maximum) };
  }
  if (schema.type === "array") {
    const options =
      "anyOf" in schema.items ? titled(schema.items.anyOf) : choices(schema.items.enum, undefined);
    return { ...named, type: "choice", multiple: true, options, ...bounds(schema.minItems, schema.maxItems) };
  }
  if ("oneOf" in schema) return { ...named, type: "choice", options: titled(schema.oneOf) };
  if ("enum" in schema) {
    const { enum: values } = schema;
    return {
      ...named,
      type: "choice",
      options: choices(values, "enumNames" in schema ? schema.enumNames : undefined),
    };
  }
  const { format, minLength, maxLength } = schema as StringSchema;
  return { ...named, type: "text", ...(format && { format }), ...bounds(minLength, maxLength) };
}

function bounds(minimum: number | undefined, maximum: number | undefined) {
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}

function titled(options: readonly { const: string; title: string }[]): NonNullable<FormField["options"]> {
  return choices(
    options.map((option) => option.const),
    options.map(({ title }) => title),
  );
}

/** A value is what is sent back, so it stays as it is. */
function choices(values: readonly string[], labels: readonly string[] | undefined) {
  if (values.length > MAX_OPTIONS) throw new Error(`A field has at most ${MAX_OPTIONS} choices`);
  if (values.some((value) => value.length > 500)) throw new Error("A choice has at most 500 characters");
  return values.map((value, index) => ({ value, label: cleanText(labels?.[index] ?? value, 500) }));
}

/** @throws Error for anything but a page on the web. */
function httpUrl(address: string): string {
  const url = URL.parse(address);
  if (url === null || !["https:", "http:"].includes(url.protocol) || url.href.length > MAX_URL_LENGTH) {
    throw new Error("The URL has to be that of a page on the web");
  }
  if (url.username !== "" || url.password !== "") throw new Error("The URL must not have credentials");
  return url.href;
}

function tooManyFields(): Error {
  return new Error(`A form has at most ${MAX_FIELDS} fields`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
