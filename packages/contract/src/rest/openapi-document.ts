import { ErrorBody } from "./error-body.ts";
import { createNamedSchemas } from "./json-schemas.ts";
import { BLOB_GET, createBlobOperation } from "./openapi-blobs.ts";
import { SESSION_PATCH, WORKSPACE_ARCHIVE, WORKSPACE_FILE } from "./openapi-workspace.ts";
import { openApiOperation, type OpenApiOperation } from "./openapi-operation.ts";
import { SIGN_IN_CODES } from "./openapi-sign-in.ts";
import { restOperations } from "./operations.ts";
import { REST_ROOT } from "./routes.ts";
import type { JsonSchema } from "./tidy-schema.ts";

/** The part of an OpenAPI 3.1 document that we produce. */
export interface OpenApiDocument {
  openapi: string;
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string; description: string }[];
  security: Record<string, string[]>[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: {
    securitySchemes: Record<string, unknown>;
    schemas: Record<string, JsonSchema>;
  };
}

/** The response of `GET /api/openapi.json`: every REST route, from the schemas that the server validates with. */
export function openApiDocument({
  version,
  basePath = "",
}: {
  version: string;
  basePath?: string;
}): OpenApiDocument {
  const schemas = createNamedSchemas();
  const paths: OpenApiDocument["paths"] = {};
  schemas.answer(ErrorBody);
  for (const operation of restOperations()) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase()] = openApiOperation(operation, schemas);
  }
  paths["/blobs"] = { post: createBlobOperation(schemas) };
  paths["/blobs/{blobId}"] = { get: BLOB_GET };
  paths["/sessions/{sessionId}/files/{path}"] = { get: WORKSPACE_FILE };
  paths["/sessions/{sessionId}/archive"] = { get: WORKSPACE_ARCHIVE };
  paths["/sessions/{sessionId}/patch"] = { get: SESSION_PATCH };
  paths["/sign-in-codes"] = { post: SIGN_IN_CODES };
  return {
    openapi: "3.1.1",
    info: {
      title: "Trunkline",
      version,
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: basePath + REST_ROOT, description: "The server that answers with this document" }],
    security: [{ bearer: [] }],
    tags: TAGS,
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description:
            "The token in the file `token` of the server's data directory. Pages served by the server itself need " +
            "none: they use the browser's sign-in cookie.",
        },
      },
      schemas: schemas.components(),
    },
  };
}

const DESCRIPTION = `Submit tasks to AI agents on this server, and follow what they do.

Everything here is also a tRPC procedure with the same input, answer and errors.

- **Strict inputs.** Unknown fields are refused, in the path, the query and the JSON body.
- **One error shape.** \`error.data.reason\` is for programs, \`error.message\` for people.
- **Pages.** Lists return \`items\` and \`nextCursor\`; pass the latter as \`cursor\`.
- **Times** are integer milliseconds since the epoch. Order is \`seq\`, never time.
- **Responses grow.** Ignore fields and event types that you do not know.`;

const TAGS = [
  { name: "Tasks", description: "Work for agents, and its results." },
  {
    name: "Sessions",
    description: "Conversations, their tasks and their event logs.",
  },
  { name: "Projects", description: "Repositories that sessions work in." },
  { name: "Files", description: "What is in a session's workspace." },
  { name: "Approvals", description: "Tool calls to approve and questions to answer." },
  { name: "Agents", description: "Agents, models and tools." },
  { name: "Blobs", description: "Files, stored once under their hash." },
  { name: "Search", description: "Full-text search over all your sessions." },
  { name: "Activity", description: "Live changes of your sessions." },
  { name: "Access", description: "Users, tokens and the audit trail." },
  { name: "Server", description: "The server itself." },
];
