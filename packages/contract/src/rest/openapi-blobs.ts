import { Blob } from "../blob.ts";
import type { NamedSchemas } from "./json-schemas.ts";
import type { OpenApiOperation } from "./openapi-operation.ts";
import { jsonContent, refusals } from "./openapi-responses.ts";

const BYTES = { type: "string", format: "binary" } as const;

/** Blobs are raw bytes both ways, so they are not procedures. */
export function createBlobOperation(schemas: NamedSchemas): OpenApiOperation {
  return {
    operationId: "blobCreate",
    tags: ["Blobs"],
    summary: "Upload a file",
    description:
      "The body is the file itself, at most 32 MiB. Identical files are stored once. Files that no session refers to are removed " +
      "after a day.",
    requestBody: { required: true, content: { "application/octet-stream": { schema: BYTES } } },
    security: [{ bearer: ["write"] }],
    responses: {
      201: { description: "Done", content: jsonContent(schemas.answer(Blob)) },
      ...refusals(["quota_exceeded"], { changes: true }),
    },
  };
}

export const BLOB_GET: OpenApiOperation = {
  operationId: "blobGet",
  tags: ["Blobs"],
  summary: "Download a file",
  description: "You can read files that you uploaded, and those that one of your sessions refers to.",
  parameters: [
    {
      name: "blobId",
      in: "path",
      required: true,
      description: "SHA-256 of the file, hex.",
      schema: { type: "string", pattern: "^[0-9a-f]{64}$" },
    },
  ],
  security: [{ bearer: ["read"] }],
  responses: {
    200: {
      description: "Done",
      content: { "application/octet-stream": { schema: BYTES } },
    },
    ...refusals(["not_found"], { changes: false }),
  },
};
