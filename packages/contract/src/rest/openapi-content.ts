import type { JsonSchema } from "./tidy-schema.ts";

/** By media type. */
export type OpenApiContent = Record<string, { schema: JsonSchema; example?: unknown }>;

export interface OpenApiResponse {
  description: string;
  content: OpenApiContent;
}

export function jsonContent(schema: JsonSchema, example?: unknown): OpenApiContent {
  return { "application/json": { schema, ...(example !== undefined && { example }) } };
}
