import { ApiDescription } from "./api-description.ts";
import type { ForgeApi } from "./forge-api.ts";
import { type ForgeState, pageOf, type StandInRequest, timeOf, withIndex } from "./forge-state.ts";

const description = ApiDescription.read(new URL("descriptions/github.json", import.meta.url));
const REPO = "/repos/{owner}/{repo}";

const user = (login: string) => ({ ...description.sampleOf("simple-user"), login });

function pull(
  schema: "pull-request" | "pull-request-simple",
  request: StandInRequest,
  state: ForgeState,
  url: string,
) {
  const { head, base, ...sample } = description.sampleOf(schema) as Record<"head" | "base", object>;
  const isMerged = request.state === "merged";
  return {
    ...sample,
    number: request.number,
    html_url: `${url}/${state.repository}/pull/${request.number}`,
    title: request.title,
    body: request.body,
    draft: request.draft,
    state: request.state === "open" ? "open" : "closed",
    ...(schema === "pull-request" && { merged: isMerged }),
    merged_at: isMerged ? timeOf(59) : null,
    head: { ...head, ref: request.branch, sha: request.commit },
    base: { ...base, ref: request.base },
  };
}

/** GitHub's REST API, as its own description has it. */
export const gitHubApi: ForgeApi = {
  description,
  root: "/api/v3",
  authorizations: (token) => [`Bearer ${token}`, `token ${token}`],
  handlers: {
    [`get ${REPO}/pulls`]: ({ query }, state, url) => {
      const head = query.get("head");
      const wanted = state.requests.filter(
        ({ branch, state: is }) =>
          (query.get("state") !== "open" || is === "open") &&
          (head === null || head === `${state.repository.split("/")[0]}:${branch}`),
      );
      return { status: 200, body: wanted.map((request) => pull("pull-request-simple", request, state, url)) };
    },

    [`post ${REPO}/pulls`]: async ({ body }, state, url) => {
      const { head, base, title, body: text, draft } = body as Record<string, string>;
      const refuse = (message: string) => ({
        status: 422,
        body: { message: "Validation Failed", errors: [{ resource: "PullRequest", message }] },
      });
      const commit = await state.head(head ?? "");
      if (commit === null) return refuse("head is invalid");
      if (state.requests.some((request) => request.branch === head && request.state === "open")) {
        return refuse(`A pull request already exists for ${head}.`);
      }
      const request: StandInRequest = {
        number: state.requests.length + 1,
        title: title ?? "",
        body: text ?? "",
        branch: head ?? "",
        base: base ?? "",
        draft: Boolean(draft),
        state: "open",
        commit,
      };
      state.requests.push(request);
      return { status: 201, body: pull("pull-request", request, state, url) };
    },

    [`get ${REPO}/pulls/{pull_number}`]: ({ values }, state, url) => {
      const request = state.requests.find(({ number }) => number === Number(values["pull_number"]));
      return request === undefined
        ? { status: 404, body: { message: "Not Found" } }
        : { status: 200, body: pull("pull-request", request, state, url) };
    },

    // Half of the checks as runs (GitHub's own), half as statuses, as a repository may have them.
    [`get ${REPO}/commits/{ref}/check-runs`]: ({ query }, state) => {
      const runs = state.checks.filter((_, index) => index % 2 === 0);
      const sample = description.sampleOf("check-run") as Record<"output", object>;
      return {
        status: 200,
        body: {
          total_count: runs.length,
          check_runs: pageOf(withIndex(runs), query, "per_page").map(
            ({ item: { name, state: is, summary = null }, index }) => ({
              ...sample,
              id: index + 1,
              name,
              status: is === "pending" ? "in_progress" : "completed",
              conclusion: is === "pending" ? null : is === "passed" ? "success" : "failure",
              output: { ...sample.output, summary },
            }),
          ),
        },
      };
    },
    [`get ${REPO}/commits/{ref}/status`]: ({ query }, state) => {
      const statuses = state.checks.filter((_, index) => index % 2 === 1);
      const sample = description.sampleOf("combined-commit-status");
      return {
        status: 200,
        body: {
          ...sample,
          total_count: statuses.length,
          statuses: pageOf(statuses, query, "per_page").map(({ name, state: is, summary = null }) => ({
            ...description.sampleOf("simple-commit-status"),
            context: name,
            state: is === "pending" ? "pending" : is === "passed" ? "success" : "failure",
            description: summary,
          })),
        },
      };
    },

    [`get ${REPO}/pulls/{pull_number}/comments`]: ({ query }, state) => {
      const lines = state.comments.flatMap((comment, index) =>
        comment.path === undefined ? [] : [{ ...comment, index }],
      );
      return {
        status: 200,
        body: pageOf(lines, query, "per_page").map(({ author, text, path, line, index }) => ({
          ...description.sampleOf("pull-request-review-comment"),
          id: index + 1,
          user: user(author),
          body: text,
          path,
          line,
          created_at: timeOf(index),
          html_url: `https://github.example/comment-${index + 1}`,
        })),
      };
    },
    [`get ${REPO}/pulls/{pull_number}/reviews`]: ({ query }, state) => {
      // An empty one comes with every comment on a line.
      const reviews = state.comments.filter(({ path }) => path !== undefined);
      return {
        status: 200,
        body: pageOf(reviews, query, "per_page").map(({ author }, index) => ({
          ...description.sampleOf("pull-request-review"),
          id: index + 1,
          user: user(author),
          body: "",
          state: "COMMENTED",
        })),
      };
    },
    [`get ${REPO}/issues/{issue_number}/comments`]: ({ query }, state) => {
      const talk = state.comments.flatMap((comment, index) =>
        comment.path === undefined ? [{ ...comment, index }] : [],
      );
      return {
        status: 200,
        body: pageOf(talk, query, "per_page").map(({ author, text, index }) => ({
          ...description.sampleOf("issue-comment"),
          id: index + 1,
          user: user(author),
          body: text,
          created_at: timeOf(index),
        })),
      };
    },
  },
};
