import { type Check, type MergeRequest, type ReviewComment, TrunklineError } from "@trunkline/contract";
import { z } from "zod";
import type { Forge, NewMergeRequest } from "../port.ts";
import type { ForgeHttp } from "./forge-http.ts";
import { lineNumber, segments, Time } from "./wire.ts";

const User = z.object({ login: z.string() }).nullable();

const Pull = z.object({
  number: z.int(),
  html_url: z.string(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().optional(),
  merged_at: z.string().nullish(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
});

const CheckRuns = z.object({
  check_runs: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      html_url: z.string().nullish(),
      output: z.object({ title: z.string().nullable(), summary: z.string().nullable() }),
    }),
  ),
});

const Statuses = z.object({
  statuses: z.array(
    z.object({
      context: z.string(),
      state: z.string(),
      target_url: z.string().nullish(),
      description: z.string().nullish(),
    }),
  ),
});

const LineComments = z.array(
  z.object({
    id: z.int(),
    user: User,
    created_at: Time,
    body: z.string(),
    path: z.string(),
    line: z.int().nullish(),
    html_url: z.string(),
  }),
);

const Reviews = z.array(
  z.object({
    id: z.int(),
    user: User,
    submitted_at: Time.optional(),
    body: z.string(),
    state: z.string(),
    html_url: z.string(),
  }),
);

const Comments = z.array(
  z.object({
    id: z.int(),
    user: User,
    created_at: Time,
    body: z.string().optional(),
    html_url: z.string(),
  }),
);

/** GitHub's REST API, version 2022-11-28 (docs.github.com/rest), on github.com or an Enterprise Server. */
export class GitHub implements Forge {
  readonly #http: ForgeHttp;
  readonly #owner: string;
  readonly #root: string;

  /** @param repository `owner/name` */
  constructor(http: ForgeHttp, repository: string) {
    this.#http = http;
    this.#owner = repository.split("/")[0] ?? "";
    this.#root = `/repos/${segments(repository)}`;
  }

  async find(branch: string): Promise<MergeRequest | null> {
    const head = `${this.#owner}:${branch}`;
    const pulls = await this.#http.get(`${this.#root}/pulls`, z.array(Pull), {
      head,
      state: "open",
      per_page: 10,
    });
    // GitHub ignores a filter that it can't parse, and returns all.
    const pull = pulls.find((candidate) => candidate.head.ref === branch);
    return pull === undefined ? null : toRequest(pull);
  }

  async create({ branch: head, base, title, body, draft }: NewMergeRequest): Promise<MergeRequest> {
    const existing = await this.find(head);
    if (existing !== null) return existing;
    return toRequest(
      await this.#http.post(`${this.#root}/pulls`, Pull, {
        title,
        head,
        base,
        body,
        ...(draft && { draft }),
      }),
    );
  }

  async get(number: number): Promise<MergeRequest> {
    return toRequest(await this.#http.get(`${this.#root}/pulls/${number}`, Pull));
  }

  async checks(commit: string): Promise<Check[]> {
    const at = `${this.#root}/commits/${commit}`;
    const statuses = await this.#http.list(`${at}/status`, Statuses, (page) => page.statuses);
    return [
      ...(await this.#checkRuns(at)),
      ...statuses.map(({ context, state, target_url, description }) => ({
        id: `status:${context}`,
        name: context,
        state: statusState(state),
        url: target_url ?? null,
        summary: description ?? null,
      })),
    ];
  }

  /** Some kinds of tokens can't read check runs at all; the rest is worth knowing all the same. */
  async #checkRuns(at: string): Promise<Check[]> {
    try {
      const runs = await this.#http.list(`${at}/check-runs`, CheckRuns, (page) => page.check_runs);
      return runs.map((run) => ({
        id: `run:${run.id}`,
        name: run.name,
        state: runState(run.status, run.conclusion),
        url: run.html_url ?? null,
        summary: [run.output.title, run.output.summary].filter(Boolean).join("\n") || null,
      }));
    } catch (error) {
      if (!(error instanceof TrunklineError) || error.reason !== "credential_rejected") throw error;
      const summary = "The project's token may not read check runs: give it read access to 'Checks'";
      return [{ id: "runs", name: "Check runs", state: "skipped", url: null, summary }];
    }
  }

  async comments(number: number): Promise<ReviewComment[]> {
    const pull = `${this.#root}/pulls/${number}`;
    const all = <T>(page: readonly T[]): readonly T[] => page;
    const lines = await this.#http.list(`${pull}/comments`, LineComments, all);
    const reviews = await this.#http.list(`${pull}/reviews`, Reviews, all);
    const talk = await this.#http.list(`${this.#root}/issues/${number}/comments`, Comments, all);
    const found: ReviewComment[] = [
      ...lines.map(({ id, path, line, ...rest }) => ({
        ...comment(rest),
        id: `line:${id}`,
        path,
        line: lineNumber(line),
      })),
      ...reviews
        .filter(({ state, body }) => state !== "PENDING" && body.trim() !== "")
        .map(({ id, submitted_at, ...rest }) => ({
          ...comment({ ...rest, created_at: submitted_at ?? 0 }),
          id: `review:${id}`,
        })),
      ...talk
        .filter(({ body = "" }) => body.trim() !== "")
        .map(({ id, body = "", ...rest }) => ({ ...comment({ ...rest, body }), id: `comment:${id}` })),
    ];
    return found.toSorted((a, b) => a.at - b.at);
  }
}

function toRequest(pull: z.infer<typeof Pull>): MergeRequest {
  const isMerged = typeof pull.merged_at === "string";
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    state: isMerged ? "merged" : pull.state,
    draft: pull.draft ?? false,
    branch: pull.head.ref,
    base: pull.base.ref,
    commit: pull.head.sha,
  };
}

function comment(from: {
  user: z.infer<typeof User>;
  created_at: number;
  body: string;
  html_url: string;
}): Omit<ReviewComment, "id"> {
  return {
    // GitHub's name for users that were deleted.
    author: from.user?.login ?? "ghost",
    at: from.created_at,
    text: from.body,
    path: null,
    line: null,
    url: from.html_url,
    // Threads are resolved over GraphQL only.
    resolved: false,
  };
}

function statusState(state: string): Check["state"] {
  if (state === "success") return "passed";
  return state === "pending" ? "pending" : "failed";
}

function runState(status: string, conclusion: string | null): Check["state"] {
  if (status !== "completed") return "pending";
  if (conclusion === "success") return "passed";
  // A canceled run says nothing about the changes; whoever wants it repeats it.
  return conclusion === "neutral" || conclusion === "skipped" || conclusion === "cancelled"
    ? "skipped"
    : "failed";
}
