import { jsonContent, refusals } from "./openapi-responses.ts";
import type { OpenApiOperation } from "./openapi-operation.ts";

/** Not a procedure: it returns a link, which only the HTTP layer can build. */
export const SIGN_IN_CODES: OpenApiOperation = {
  operationId: "createSignInCode",
  tags: ["Server"],
  summary: "Create a one-time sign-in link",
  description: "Needs a bearer token: a signed-in browser cannot create links.",
  responses: {
    200: {
      description: "Done",
      content: jsonContent({
        type: "object",
        required: ["url", "expiresInMs"],
        properties: {
          url: { type: "string", format: "uri", description: "Open it in the browser." },
          expiresInMs: { type: "integer", minimum: 0, description: "How long it is valid, in ms." },
        },
      }),
    },
    ...refusals([], { changes: true }),
  },
};
