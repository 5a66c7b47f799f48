import { z } from "zod";

/** Packages of the registry whose published sources are the repositories: small, real, and the same everywhere. */
export const REPOSITORIES = ["ms", "mri", "semver", "picomatch"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

/** One answer of the model: what it says, and what it calls. */
export const Answer = z.strictObject({
  text: z.string().optional(),
  calls: z.array(z.strictObject({ tool: z.string(), input: z.record(z.string(), z.unknown()) })).default([]),
});
export type Answer = z.infer<typeof Answer>;

/** A task, and the answers that a model gave, or would give. */
export const AgentTask = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  repository: z.enum(REPOSITORIES),
  prompt: z.string(),
  /** Done to the repository before it is committed, by a shell in it. */
  prepare: z.string().optional(),
  answers: z.array(Answer).min(1),
  /** What must succeed in the workspace at the end, by a shell in it. */
  check: z.string(),
});
export type AgentTask = z.infer<typeof AgentTask>;

/** An answer that calls tools, several at once where several are given. */
export function call(...calls: [tool: string, input: Record<string, unknown>][]): Answer {
  return { calls: calls.map(([tool, input]) => ({ tool, input })) };
}

export function say(text: string): Answer {
  return { text, calls: [] };
}

export function bash(command: string): Answer {
  return call(["bash", { command }]);
}

export function read(...paths: string[]): Answer {
  return call(...paths.map((path): [string, Record<string, unknown>] => ["read_file", { path }]));
}

export function edit(path: string, oldText: string, newText: string): Answer {
  return call(["edit_file", { path, oldText, newText }]);
}

export function write(path: string, content: string): Answer {
  return call(["write_file", { path, content }]);
}
