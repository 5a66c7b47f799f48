import { eventSchemaName } from "../rest/event-schema-name.ts";
import { readSchemaComments } from "./schema-comments.ts";
import { readSchemaSources } from "./schema-sources.ts";

export const DESCRIPTIONS_FILE = new URL("../rest/descriptions.json", import.meta.url);

/** The doc comments of the schemas, for readers without the sources. */
export async function descriptionsFile(): Promise<string> {
  const comments = readSchemaComments(await readSchemaSources());
  const descriptions = Object.fromEntries(
    Object.entries(comments).map(([path, text]) => [schemaPath(path), text]),
  );
  return `${JSON.stringify(descriptions, null, 2)}\n`;
}

/** `TASK_EVENTS/task.started/attempt` is the comment of `TaskStartedEvent/data/attempt`. */
function schemaPath(path: string): string {
  const [table, type, ...fields] = path.split("/");
  if (table?.endsWith("_EVENTS") !== true || type === undefined) return path;
  return [eventSchemaName(type), ...(fields.length > 0 ? ["data", ...fields] : [])].join("/");
}
