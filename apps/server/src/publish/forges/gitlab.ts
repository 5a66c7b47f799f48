import type { Check, MergeRequest, ReviewComment } from "@trunkline/contract";
import { z } from "zod";
import type { Forge, NewMergeRequest } from "../port.ts";
import type { ForgeHttp } from "./forge-http.ts";
import { lineNumber, Time } from "./wire.ts";

const Request = z.object({
  iid: z.int(),
  web_url: z.string(),
  title: z.string(),
  state: z.enum(["opened", "closed", "locked", "merged"]),
  draft: z.boolean().optional(),
  source_branch: z.string(),
  target_branch: z.string(),
  sha: z.string(),
});

const Statuses = z.array(
  z.object({
    id: z.int(),
    name: z.string(),
    status: z.string(),
    allow_failure: z.boolean().nullish(),
    target_url: z.string().nullish(),
    description: z.string().nullish(),
  }),
);

const Discussions = z.array(
  z.object({
    notes: z.array(
      z.object({
        id: z.int(),
        body: z.string(),
        system: z.boolean(),
        author: z.object({ username: z.string() }).nullish(),
        created_at: Time,
        resolved: z.boolean().nullish(),
        position: z.object({ new_path: z.string().nullish(), new_line: z.int().nullish() }).nullish(),
      }),
    ),
  }),
);

/** GitLab's REST API, version 4 (docs.gitlab.com/api), on gitlab.com or elsewhere. */
export class GitLab implements Forge {
  readonly #http: ForgeHttp;
  readonly #root: string;

  /** @param repository with its groups, e.g. `group/subgroup/name` */
  constructor(http: ForgeHttp, repository: string) {
    this.#http = http;
    this.#root = `/projects/${encodeURIComponent(repository)}`;
  }

  async find(source_branch: string): Promise<MergeRequest | null> {
    const [found] = await this.#http.get(`${this.#root}/merge_requests`, z.array(Request), {
      source_branch,
      state: "opened",
    });
    return found === undefined ? null : toRequest(found);
  }

  async create({ branch, base, title, body, draft }: NewMergeRequest): Promise<MergeRequest> {
    const existing = await this.find(branch);
    if (existing !== null) return existing;
    return toRequest(
      await this.#http.post(`${this.#root}/merge_requests`, Request, {
        source_branch: branch,
        target_branch: base,
        // Its title makes a draft (docs.gitlab.com/user/project/merge_requests/drafts).
        title: draft ? `Draft: ${title}` : title,
        description: body,
      }),
    );
  }

  async get(iid: number): Promise<MergeRequest> {
    return toRequest(await this.#http.get(`${this.#root}/merge_requests/${iid}`, Request));
  }

  async checks(commit: string): Promise<Check[]> {
    const path = `${this.#root}/repository/commits/${commit}/statuses`;
    const statuses = await this.#http.list(path, Statuses, (page) => page);
    return statuses.map(({ id, name, status, allow_failure, target_url, description }) => ({
      id: `status:${id}`,
      name,
      state: status === "failed" && allow_failure === true ? "skipped" : stateOf(status),
      url: target_url ?? null,
      summary: description ?? null,
    }));
  }

  async comments(iid: number): Promise<ReviewComment[]> {
    const { url } = await this.get(iid);
    const path = `${this.#root}/merge_requests/${iid}/discussions`;
    const discussions = await this.#http.list(path, Discussions, (page) => page);
    return discussions
      .flatMap(({ notes }) => notes)
      .filter(({ system, body }) => !system && body.trim() !== "")
      .map((note) => ({
        id: `note:${note.id}`,
        author: note.author?.username ?? "ghost",
        at: note.created_at,
        text: note.body,
        path: note.position?.new_path ?? null,
        line: lineNumber(note.position?.new_line),
        url: `${url}#note_${note.id}`,
        resolved: note.resolved ?? false,
      }))
      .toSorted((a, b) => a.at - b.at);
  }
}

function toRequest(request: z.infer<typeof Request>): MergeRequest {
  const { iid, web_url, title, state, draft, source_branch, target_branch, sha } = request;
  return {
    number: iid,
    url: web_url,
    title,
    // Locked for the moment of its merge.
    state: state === "opened" || state === "locked" ? "open" : state,
    draft: draft ?? false,
    branch: source_branch,
    base: target_branch,
    commit: sha,
  };
}

function stateOf(status: string): Check["state"] {
  switch (status) {
    case "success":
      return "passed";
    case "failed":
      return "failed";
    case "canceled":
    case "skipped":
    // Waits for somebody to start it.
    case "manual":
      return "skipped";
    default:
      return "pending";
  }
}
