import { ERROR_CODES, type ErrorReason } from "../error.ts";
import { EVENT_TYPES } from "../event.ts";
import { COMMON_REASONS, COMMON_REASONS_OF_CHANGES } from "../rest/common-reasons.ts";
import { eventSchemaName } from "../rest/event-schema-name.ts";
import { createNamedSchemas } from "../rest/json-schemas.ts";
import { openApiDocument } from "../rest/openapi-document.ts";
import { httpStatusOf } from "../rest/openapi-responses.ts";
import { PROCEDURE_PATHS, procedureSchemas } from "../rest/procedure-schemas.ts";
import type { ProcedurePath, RestRoute } from "../rest/route.ts";
import { REQUIRED_SCOPES, REST_ROOT, REST_ROUTES } from "../rest/routes.ts";
import { descriptionOf, type JsonSchema } from "../rest/tidy-schema.ts";
import { fieldTable, table } from "./field-table.ts";
import { typeText } from "./type-text.ts";

const INTRODUCTION = `# API

<!-- Written by \`pnpm docs:api\` from packages/contract. Change the contract, not this page. -->

Every procedure: where REST has it, what it takes, answers and refuses. [rest.md](rest.md) tells how REST works,
[protocol.md](protocol.md) what streams promise, [cookbook.md](cookbook.md) what it all looks like in use. A server has the
same as OpenAPI 3.1 at \`/api/openapi.json\`, and as a page to try it at \`/api/docs\`.

Send \`Authorization: Bearer <token>\`. An input with a field that is not listed is refused. Answers may gain fields.

Besides the reasons that are named for it, anything can be refused for these:
${listed(COMMON_REASONS)}.
Whatever changes something (mutations, uploads) can be refused for these as well:
${listed(COMMON_REASONS_OF_CHANGES)}. [Errors](#errors) tells what each means.`;

const FILES = `Raw bytes both ways, and so no procedures. You can read a blob that you uploaded, and one that a session of yours refers
to; knowing its hash is not enough. What no session refers to is removed a day after it was uploaded.

| route | scope | |
| --- | --- | --- |
| \`POST /api/blobs\` | \`write\` | Takes the file as its body, with \`Content-Type: application/octet-stream\`, at most 32 MiB. Answers 201 with [Blob](#blob). Refuses: \`quota_exceeded\`. |
| \`GET /api/blobs/{blobId}\` | \`read\` | Answers 200 with the file as an attachment. Refuses: \`not_found\`. |

The files of a session's workspace, as they are at the moment. Nothing outside it can be reached, by no path and no link.

| route | scope | |
| --- | --- | --- |
| \`GET /api/sessions/{sessionId}/files/{path}\` | \`read\` | Answers 200 with the file as an attachment. Refuses: \`not_found\`, \`workspace_archived\`. |
| \`GET /api/sessions/{sessionId}/archive\` | \`read\` | Answers 200 with the workspace as a gzipped tar, without \`.git\` unless \`?git=true\` asks for it; \`?ignored=false\` leaves out what \`.gitignore\` files ignore. Links stay links. Refuses: \`not_found\`, \`workspace_archived\`. |
| \`GET /api/sessions/{sessionId}/patch\` | \`read\` | Answers 200 with the session's changes as a mailbox for \`git am\`. Refuses: \`not_found\`, \`payload_too_large\`. |`;

export const API_PAGE_FILE = new URL("../../../../docs/api.md", import.meta.url);

/** The whole contract as one Markdown page. */
export function apiPage(): string {
  const { schemas } = openApiDocument({ version: "" }).components;
  const events = new Set(EVENT_TYPES.map(eventSchemaName));
  return `${[
    INTRODUCTION,
    "## Procedures",
    ...PROCEDURE_PATHS.map(procedureSection),
    "## Files",
    FILES,
    "## Schemas",
    ...Object.entries(schemas).flatMap(([name, schema]) =>
      events.has(name) ? [] : [schemaSection(name, schema)],
    ),
    "## Events",
    "What `data` contains, by the event's `type`. The envelope is that of [SessionEvent](#sessionevent).",
    ...EVENT_TYPES.map((type) => eventSection(type, schemas[eventSchemaName(type)] ?? {})),
    "## Errors",
    errorTable(),
  ].join("\n\n")}\n`;
}

function procedureSection(procedure: ProcedurePath): string {
  const { method, path, status, summary, description, reasons }: RestRoute = REST_ROUTES[procedure];
  const { kind, input, output } = procedureSchemas(procedure);
  const named = createNamedSchemas();
  const answer = output === null ? "a stream" : typeText(named.answer(output));
  const refuses = reasons.length === 0 ? "" : ` Refuses: ${listed(reasons)}.`;
  return [
    `### ${procedure}`,
    `\`${method} ${REST_ROOT}${path}\` · ${kind} · scope \`${REQUIRED_SCOPES[procedure]}\``,
    `${summary}.${description === undefined ? "" : ` ${description}`}`,
    ...(input === null ? [] : [fieldTable(named.input(input))]),
    `Answers ${status} with ${answer}.${refuses}`,
  ].join("\n\n");
}

function schemaSection(name: string, schema: JsonSchema): string {
  const body =
    schema.properties !== undefined
      ? [fieldTable(schema)]
      : schema.enum !== undefined
        ? [typeText(schema)]
        : name === "SessionEvent"
          ? [envelopeText()]
          : (schema.oneOf ?? []).map(alternative);
  return [`### ${name}`, schema.description ?? "", ...body].join("\n\n");
}

/** One variant of a discriminated union. */
function alternative(schema: NonNullable<JsonSchema["oneOf"]>[number]): string {
  return typeof schema === "boolean" || schema.properties === undefined ? "" : fieldTable(schema);
}

function envelopeText(): string {
  return table(
    ["field", "type", ""],
    [
      ["`sessionId`", "`uuid`", "The session."],
      ["`taskId`", "`uuid` or `null`", "The task; null for events about the session."],
      [
        "`seq`",
        "`integer`",
        "Its place: strictly increasing, with holes where pieces of a text were replaced by the whole.",
      ],
      ["`at`", "`integer`", "ms since the epoch, for people."],
      ["`type`", "`string`", "One of [these](#events)."],
      ["`data`", "`object`", "By type."],
    ],
  );
}

function eventSection(type: string, schema: JsonSchema): string {
  const data = schema.properties?.["data"];
  const fields =
    typeof data === "object" ? (data.properties === undefined ? typeText(data) : fieldTable(data)) : "";
  return [`### ${type}`, schema.description ?? "", fields].join("\n\n");
}

function listed(reasons: readonly ErrorReason[]): string {
  return reasons.map((reason) => `\`${reason}\``).join(", ");
}

function errorTable(): string {
  const reasons = Object.keys(ERROR_CODES) as ErrorReason[];
  return table(
    ["reason", "HTTP", ""],
    reasons.map((reason) => [
      `\`${reason}\``,
      String(httpStatusOf(reason)),
      descriptionOf(`ERROR_CODES/${reason}`) ?? "",
    ]),
  );
}
