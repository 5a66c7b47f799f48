import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";
import { GitRef } from "./workspace-choice.ts";

/** Where a project's files come from. */
export const ProjectSource = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("directory"),
    /** A git repository on the server, below one of TRUNKLINE_PROJECT_ROOTS. It is only read. */
    path: z.string().min(1).max(4_096),
  }),
  z.strictObject({
    kind: z.literal("git"),
    /** `https://…`, `ssh://…` or `user@host:path`, without a password. */
    url: z.string().min(1).max(2_000),
  }),
]);
export type ProjectSource = z.infer<typeof ProjectSource>;

/** The network of the project's commands. `allowlist`: package registries and the project's own hosts. */
export const ProjectNetwork = z.enum(["off", "allowlist", "on"]);
export type ProjectNetwork = z.infer<typeof ProjectNetwork>;

/** A host name, or `*.` and one for all that are below it. */
const HostPattern = z
  .string()
  .max(253)
  .regex(
    /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    "Use a host name in lower case, such as registry.example.org or *.example.org",
  );

const VariableName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "Use the name of an environment variable");

const Name = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "Use letters, digits, '.', '_' and '-'");

const SETTINGS = {
  /** Branch, tag or commit that sessions start from; null: the source's current branch. */
  baseRef: GitRef.nullable(),
  /** Command that prepares a workspace; null: the repository's `.trunkline/setup`, if it has one. */
  setup: z.string().trim().min(1).max(20_000).nullable(),
  /** Network of commands. */
  network: ProjectNetwork,
  /** Hosts that commands may reach, besides package registries, with `allowlist`. */
  allowedHosts: z.array(HostPattern).max(200),
  /** Names of the server's environment variables that commands get. The operator decides which are offered. */
  environment: z.array(VariableName).max(100),
  /** What the model is told in every session of the project. */
  instructions: z.string().trim().min(1).max(50_000).nullable(),
  /** Whether everybody on this server may use it; only its owner and admins may change it. */
  shared: z.boolean(),
};

/** A repository that sessions work in. */
export const Project = z.strictObject({
  id: Id,
  ownerId: Id,
  /** Unique among its owner's projects. */
  name: z.string(),
  source: ProjectSource,
  ...SETTINGS,
  /** What fetches use to sign in; null: nothing. The secret itself is never returned. */
  credential: z
    .strictObject({
      kind: z.enum(["token", "ssh-key"]),
      /** When it was stored; ms since the epoch. */
      updatedAt: Timestamp,
    })
    .nullable(),
  /** The last fetch from the source; null: none yet. */
  lastFetch: z
    .strictObject({
      at: Timestamp,
      /** The base that sessions start from, as of the last fetch that worked, hex; null: none has. */
      commit: z.string().nullable(),
      /** Why it failed; null: it did not. */
      error: z.string().nullable(),
    })
    .nullable(),
  createdAt: Timestamp,
  /** When its settings last changed; ms since the epoch. */
  updatedAt: Timestamp,
});
export type Project = z.infer<typeof Project>;

export const CreateProjectInput = z.strictObject({
  /** Unique among your projects. */
  name: Name,
  source: ProjectSource,
  baseRef: SETTINGS.baseRef.default(null),
  setup: SETTINGS.setup.default(null),
  /** `on`, like `allowedHosts`, needs an admin where several users share the server. */
  network: SETTINGS.network.default("allowlist"),
  allowedHosts: SETTINGS.allowedHosts.default([]),
  environment: SETTINGS.environment.default([]),
  instructions: SETTINGS.instructions.default(null),
  /** Needs an admin. */
  shared: SETTINGS.shared.default(false),
});
export type CreateProjectInput = z.infer<typeof CreateProjectInput>;

export const UpdateProjectInput = z.strictObject({
  projectId: Id,
  name: Name.optional(),
  baseRef: SETTINGS.baseRef.optional(),
  setup: SETTINGS.setup.optional(),
  network: SETTINGS.network.optional(),
  allowedHosts: SETTINGS.allowedHosts.optional(),
  environment: SETTINGS.environment.optional(),
  instructions: SETTINGS.instructions.optional(),
  /** Needs an admin. */
  shared: SETTINGS.shared.optional(),
});
export type UpdateProjectInput = z.infer<typeof UpdateProjectInput>;

export const ProjectRef = z.strictObject({ projectId: Id });
export type ProjectRef = z.infer<typeof ProjectRef>;

export const DeleteProjectInput = z.strictObject({
  projectId: Id,
  /** Delete it although sessions use it: they keep their files, and can't fetch or publish any more. */
  force: z.boolean().default(false),
});
export type DeleteProjectInput = z.infer<typeof DeleteProjectInput>;

export const ListProjectsInput = z.strictObject({
  /** Only projects with exactly this name. */
  name: z.string().min(1).max(64).optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListProjectsInput = z.infer<typeof ListProjectsInput>;

/** Yours and shared ones, newest first. */
export const ProjectPage = z.strictObject({
  items: z.array(Project),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type ProjectPage = z.infer<typeof ProjectPage>;

/** What signs in at a git server. Write-only: stored encrypted, never returned. */
export const ProjectCredential = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("token"),
    /** Absent: the git server is told the token alone, as GitHub, GitLab and Gitea take it. */
    username: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^\s:]+$/, "Write the user name without spaces and colons")
      .optional(),
    /** A token or password. */
    secret: z
      .string()
      .min(1)
      .max(10_000)
      .regex(/^[\x21-\x7e]+$/, "Write the token as one word"),
  }),
  z.strictObject({
    kind: z.literal("ssh-key"),
    /** A private key in OpenSSH's format, without a passphrase. */
    privateKey: z.string().min(1).max(50_000),
    /** Lines of `known_hosts` for the git server (`ssh-keyscan HOST`, checked). Other host keys are refused. */
    knownHosts: z.string().min(1).max(50_000),
  }),
]);
export type ProjectCredential = z.infer<typeof ProjectCredential>;

export const SetCredentialInput = z.strictObject({ projectId: Id, credential: ProjectCredential });
export type SetCredentialInput = z.infer<typeof SetCredentialInput>;
