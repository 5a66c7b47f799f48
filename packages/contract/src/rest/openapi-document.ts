import { ErrorBody } from "./error-body.ts";
import { createNamedSchemas } from "./json-schemas.ts";
import { openApiOperation, type OpenApiOperation } from "./openapi-operation.ts";
import { SIGN_IN_CODES } from "./openapi-sign-in.ts";
import { restOperations } from "./operations.ts";
import { REST_ROOT } from "./routes.ts";
import type { JsonSchema } from "./tidy-schema.ts";

/** An OpenAPI 3.1 document, as far as this one goes. */
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

/** What `GET /api/openapi.json` answers: every route of REST, from the schemas that the server itself checks by. */
export function openApiDocument({ version }: { version: string }): OpenApiDocument {
  const schemas = createNamedSchemas();
  const paths: OpenApiDocument["paths"] = {};
  schemas.answer(ErrorBody);
  for (const operation of restOperations()) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase()] = openApiOperation(operation, schemas);
  }
  paths["/sign-in-codes"] = { post: SIGN_IN_CODES };
  return {
    openapi: "3.1.1",
    info: {
      title: "Trunkline",
      version,
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: REST_ROOT, description: "The server that answers with this document" }],
    security: [{ bearer: [] }],
    tags: TAGS,
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description:
            "The token in the file `token` of the server's data directory. Pages that the server itself serves need " +
            "none: the cookie of the browser's sign-in counts as well.",
        },
      },
      schemas: schemas.components(),
    },
  };
}

const DESCRIPTION = `Submit tasks to AI agents that run on this server, and follow what they do.

Everything here is also a tRPC procedure with the same input, answer and errors.

- **Strict inputs.** A field that is not known is refused, wherever it stands: in the path, the query or the JSON body.
- **One error shape.** \`error.data.reason\` is for programs, \`error.message\` for people.
- **Pages.** Lists answer \`items\` and \`nextCursor\`; give the latter back as \`cursor\`.
- **Times** are integer milliseconds since the epoch. Order is \`seq\`, never time.
- **Answers grow.** Pass over fields and event types that you do not know.`;

const TAGS = [
  { name: "Tasks", description: "What agents are to do, and how it went." },
  {
    name: "Sessions",
    description: "Conversations that tasks belong to, and the log of what happened in them.",
  },
  { name: "Search", description: "Over the text of all your sessions." },
  { name: "Activity", description: "What changes among your sessions, as it changes." },
  { name: "Access", description: "Who may come in, with what, and what they did." },
  { name: "Server", description: "The server itself." },
];
