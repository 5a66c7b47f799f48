import { type Check, type MergeRequest, type ReviewComment, TrunklineError } from "@trunkline/contract";
import { z } from "zod";
import type { Forge, NewMergeRequest } from "../port.ts";
import type { ForgeHttp } from "./forge-http.ts";
import { lineNumber, segments, Time } from "./wire.ts";

const User = z.object({ login: z.string() }).nullish();

const Pull = z.object({
  number: z.int(),
  html_url: z.string(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().optional(),
  merged: z.boolean().optional(),
  head: z.object({ ref: z.string(), sha: z.string(), repo_id: z.int() }),
  base: z.object({ ref: z.string(), repo_id: z.int() }),
});

const Combined = z.object({
  statuses: z
    .array(
      z.object({
        id: z.int(),
        context: z.string(),
        status: z.string(),
        target_url: z.string().nullish(),
        description: z.string().nullish(),
      }),
    )
    .nullable(),
});

const Comments = z.array(
  z.object({ id: z.int(), user: User, created_at: Time, body: z.string(), html_url: z.string() }),
);

const Reviews = z.array(
  z.object({
    id: z.int(),
    user: User,
    submitted_at: Time,
    body: z.string(),
    state: z.string(),
    comments_count: z.int(),
    html_url: z.string(),
  }),
);

const LineComments = z.array(
  z.object({
    id: z.int(),
    user: User,
    created_at: Time,
    body: z.string(),
    path: z.string(),
    position: z.int().nullish(),
    resolver: User,
    html_url: z.string(),
  }),
);

/** Gitea's API, version 1 (docs.gitea.com/api), which Forgejo and so Codeberg speak, too. */
export class Gitea implements Forge {
  readonly #http: ForgeHttp;
  readonly #root: string;

  /** @param repository `owner/name` */
  constructor(http: ForgeHttp, repository: string) {
    this.#http = http;
    this.#root = `/repos/${segments(repository)}`;
  }

  async find(branch: string): Promise<MergeRequest | null> {
    // The list has no filter for a branch, and the route for a pair of branches also finds closed ones.
    const pulls = await this.#http.list(`${this.#root}/pulls`, z.array(Pull), (page) => page, {
      query: { state: "open", sort: "recentupdate" },
      size: "limit",
    });
    const pull = pulls.find(({ head, base }) => head.ref === branch && head.repo_id === base.repo_id);
    return pull === undefined ? null : toRequest(pull);
  }

  async create({ branch: head, base, title, body, draft }: NewMergeRequest): Promise<MergeRequest> {
    const existing = await this.find(head);
    if (existing !== null) return existing;
    return toRequest(
      await this.#http.post(`${this.#root}/pulls`, Pull, {
        head,
        base,
        // Its title makes a draft (docs.gitea.com/usage/pull-request).
        title: draft ? `WIP: ${title}` : title,
        body,
      }),
    );
  }

  async get(number: number): Promise<MergeRequest> {
    return toRequest(await this.#http.get(`${this.#root}/pulls/${number}`, Pull));
  }

  async checks(commit: string): Promise<Check[]> {
    const path = `${this.#root}/commits/${commit}/status`;
    const statuses = await this.#http.list(path, Combined, (page) => page.statuses ?? [], { size: "limit" });
    return statuses.map(({ context, status, target_url, description }) => ({
      id: `status:${context}`,
      name: context,
      state: stateOf(status),
      url: target_url || null,
      summary: description || null,
    }));
  }

  async comments(number: number): Promise<ReviewComment[]> {
    const pull = `${this.#root}/pulls/${number}`;
    const talk = await this.#http.get(`${this.#root}/issues/${number}/comments`, Comments);
    const reviews = await this.#http.list(`${pull}/reviews`, Reviews, (page) => page, { size: "limit" });
    const found: ReviewComment[] = talk.map((said) => ({ ...comment(said), id: `comment:${said.id}` }));
    for (const review of reviews) {
      if (review.state === "PENDING") continue;
      found.push({
        ...comment({ ...review, created_at: review.submitted_at }),
        id: `review:${review.id}`,
      });
      if (review.comments_count === 0 || this.#http.hasReadEnough) continue;
      const lines = await this.#http.get(`${pull}/reviews/${review.id}/comments`, LineComments);
      found.push(
        ...lines.map((line) => ({
          ...comment(line),
          id: `line:${line.id}`,
          path: line.path,
          // Called so, it is the line in the new version (modules/structs/pull_review.go).
          line: lineNumber(line.position),
          resolved: typeof line.resolver?.login === "string",
        })),
      );
    }
    return found.filter(({ text }) => text.trim() !== "").toSorted((a, b) => a.at - b.at);
  }
}

function toRequest(pull: z.infer<typeof Pull>): MergeRequest {
  if (pull.head.sha === "") {
    throw new TrunklineError("remote_failed", `The branch of pull request ${pull.number} is gone`);
  }
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    state: pull.merged === true ? "merged" : pull.state,
    draft: pull.draft ?? false,
    branch: pull.head.ref,
    base: pull.base.ref,
    commit: pull.head.sha,
  };
}

function comment(from: {
  user?: z.infer<typeof User>;
  created_at: number;
  body: string;
  html_url: string;
}): Omit<ReviewComment, "id"> {
  return {
    author: from.user?.login ?? "ghost",
    at: from.created_at,
    text: from.body,
    path: null,
    line: null,
    url: from.html_url,
    resolved: false,
  };
}

function stateOf(status: string): Check["state"] {
  if (status === "success") return "passed";
  if (status === "pending") return "pending";
  // A warning is no failure (modules/commitstatus).
  return status === "warning" || status === "skipped" ? "skipped" : "failed";
}
