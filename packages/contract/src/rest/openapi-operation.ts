import type { ErrorReason } from "../error.ts";
import type { NamedSchemas } from "./json-schemas.ts";
import { jsonContent, type OpenApiContent, type OpenApiResponse, refusals } from "./openapi-responses.ts";
import { openApiBody, openApiParameters, type OpenApiParameter } from "./openapi-input.ts";
import type { RestOperation } from "./operations.ts";
import { procedureSchemas } from "./procedure-schemas.ts";
import type { ProcedurePath, RestRoute } from "./route.ts";
import { REQUIRED_SCOPES, REST_ROUTES } from "./routes.ts";

/** An OpenAPI 3.1 operation. */
export interface OpenApiOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: OpenApiParameter[];
  requestBody?: { required: boolean; content: OpenApiContent };
  /** Scope that the token must have. */
  security?: Record<string, string[]>[];
  responses: Record<string, OpenApiResponse>;
}

export function openApiOperation(operation: RestOperation, schemas: NamedSchemas): OpenApiOperation {
  const { call, stream } = operation;
  const procedure = call ?? stream;
  if (procedure === null) throw new Error(`${operation.method} ${operation.path} does nothing`);
  const route: RestRoute = REST_ROUTES[procedure];
  const routes = [call, stream].flatMap((each): RestRoute[] => (each === null ? [] : [REST_ROUTES[each]]));
  const description = routes.flatMap((each) => each.description ?? []).join("\n\n");
  const parameters = openApiParameters(operation, schemas);
  const body = openApiBody(operation, schemas);
  const reasons = new Set<ErrorReason>(routes.flatMap((each) => each.reasons));

  return {
    operationId: operationIdOf(procedure),
    tags: [tagOf(procedure)],
    summary: route.summary,
    ...(description !== "" && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && {
      requestBody: { required: body.required !== undefined, content: jsonContent(body, route.example) },
    }),
    security: [{ bearer: [REQUIRED_SCOPES[procedure]] }],
    responses: {
      [route.status]: { description: "Done", content: { ...answerOf(call, schemas), ...streamOf(stream) } },
      ...refusals(reasons, { changes: operation.method !== "GET" }),
    },
  };
}

function answerOf(procedure: ProcedurePath | null, schemas: NamedSchemas): OpenApiContent {
  const output = procedure === null ? null : procedureSchemas(procedure).output;
  return output === null ? {} : jsonContent(schemas.answer(output));
}

function streamOf(procedure: ProcedurePath | null): OpenApiContent {
  const schema = { type: "string" as const, description: "Server-sent events" };
  return procedure === null ? {} : { "text/event-stream": { schema } };
}

/** `task.submit` as a function name: `taskSubmit`. */
function operationIdOf(procedure: string): string {
  return procedure.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase());
}

const TAGS: Readonly<Record<string, string>> = {
  activity: "Activity",
  agent: "Agents",
  model: "Models",
  approval: "Approvals",
  rule: "Approval rules",
  share: "Shared links",
  push: "Push notifications",
  question: "Approvals",
  search: "Search",
  server: "Server",
  token: "Access",
  user: "Access",
  audit: "Access",
  session: "Sessions",
  task: "Tasks",
  workspace: "Files",
  project: "Projects",
  usage: "Usage and budgets",
  budget: "Usage and budgets",
  mcp: "MCP servers",
};

function tagOf(procedure: string): string {
  const [room = ""] = procedure.split(".");
  const tag = TAGS[room];
  if (tag === undefined) throw new Error(`Nobody has said yet what the procedures of '${room}' are about`);
  return tag;
}
