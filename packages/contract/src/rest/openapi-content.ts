import type { JsonSchema } from "./tidy-schema.ts";

/** By media type. */
export type OpenApiContent = Record<string, { schema: JsonSchema }>;

export interface OpenApiResponse {
  description: string;
  content: OpenApiContent;
}

export function jsonContent(schema: JsonSchema): OpenApiContent {
  return { "application/json": { schema } };
}
