import { explainIssue } from "./explain-issue.ts";
import { configJsonSchema } from "./json-schema.ts";
import { configFileSchema, type ConfigSections } from "./schema.ts";
import { type NamedVariable, variablesIn } from "./variable-name.ts";

export type ParsedConfigFile =
  | { sections: ConfigSections; variables: NamedVariable[] }
  /** At least one; each a sentence. */
  | { faults: string[] };

/** Told at once; whoever mends these sees the others then. */
const MAX_FAULTS = 20;

export function parseConfigFile(text: string): ParsedConfigFile {
  let file: unknown;
  try {
    file = JSON.parse(withoutComments(text.replace(/^\uFEFF/, "")));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [`not valid JSON: ${message}`] };
  }
  const parsed = configFileSchema.safeParse(file);
  if (parsed.success) return { sections: parsed.data, variables: variablesIn(parsed.data) };
  const schema = configJsonSchema();
  return {
    faults: parsed.error.issues.flatMap((issue) => explainIssue(issue, schema, file)).slice(0, MAX_FAULTS),
  };
}

const STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** Blanks instead, so that the places which messages name stay right. */
function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, " "),
  );
}
