import { MAX_PATH_LENGTH } from "../limits.ts";
import type { OpenApiOperation } from "./openapi-operation.ts";
import { refusals } from "./openapi-responses.ts";

const SESSION_ID = {
  name: "sessionId",
  in: "path",
  required: true,
  description: "The session whose workspace it is.",
  schema: { type: "string", format: "uuid" },
} as const;

/** Downloads are bytes, so they are not procedures. */
export const WORKSPACE_FILE: OpenApiOperation = {
  operationId: "workspaceFile",
  tags: ["Files"],
  summary: "Download a file of the workspace",
  parameters: [
    SESSION_ID,
    {
      name: "path",
      in: "path",
      required: true,
      description: "Relative to the workspace; `/` may be written as it is, or as `%2F`.",
      schema: { type: "string", maxLength: MAX_PATH_LENGTH },
    },
  ],
  security: [{ bearer: ["read"] }],
  responses: {
    200: {
      description: "The file, as an attachment",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
    ...refusals(["not_found", "workspace_archived"], { changes: false }),
  },
};

export const WORKSPACE_ARCHIVE: OpenApiOperation = {
  operationId: "workspaceArchive",
  tags: ["Files"],
  summary: "Download the workspace as an archive",
  description:
    "A gzipped tar, made while it is sent; a connection that breaks off leaves it incomplete. Links are kept as links. Files " +
    "with paths over 4,096 bytes, sockets, pipes and devices are left out.",
  parameters: [
    SESSION_ID,
    {
      name: "git",
      in: "query",
      description: "Whether to include `.git`; default false.",
      schema: { type: "boolean" },
    },
    {
      name: "ignored",
      in: "query",
      description: "Whether to include what `.gitignore` files ignore and nobody tracks; default true.",
      schema: { type: "boolean" },
    },
  ],
  security: [{ bearer: ["read"] }],
  responses: {
    200: {
      description: "The archive, as an attachment",
      content: { "application/gzip": { schema: { type: "string", format: "binary" } } },
    },
    ...refusals(["not_found", "workspace_archived"], { changes: false }),
  },
};

export const SESSION_PATCH: OpenApiOperation = {
  operationId: "sessionPatch",
  tags: ["Files"],
  summary: "Download a session's changes as a patch",
  description:
    "Commits since the session's base, and one of what is not committed, as a mailbox for `git am`. Changes nothing.",
  parameters: [SESSION_ID],
  security: [{ bearer: ["read"] }],
  responses: {
    200: {
      description: "The patch, as an attachment",
      content: { "text/x-patch": { schema: { type: "string" } } },
    },
    ...refusals(["not_found", "payload_too_large"], { changes: false }),
  },
};
