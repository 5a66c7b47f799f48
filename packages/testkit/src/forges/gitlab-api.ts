import { ApiDescription } from "./api-description.ts";
import type { ForgeApi } from "./forge-api.ts";
import { type ForgeState, pageOf, type StandInRequest, timeOf, withIndex } from "./forge-state.ts";

const description = ApiDescription.read(new URL("descriptions/gitlab.json", import.meta.url));
const PROJECT = "/projects/{id}";

function mergeRequest(request: StandInRequest, state: ForgeState, url: string) {
  return {
    ...description.sampleOf("merge-request"),
    iid: request.number,
    title: request.title,
    description: request.body,
    state: request.state === "open" ? "opened" : request.state,
    draft: request.draft,
    source_branch: request.branch,
    target_branch: request.base,
    sha: request.commit,
    web_url: `${url}/${state.repository}/-/merge_requests/${request.number}`,
  };
}

const STATUS = { pending: "running", passed: "success", failed: "failed" };

const author = (username: string) => ({ ...description.sampleOf("user"), username });

/** GitLab's REST API. */
export const gitLabApi: ForgeApi = {
  description,
  root: "/api/v4",
  authorizations: (token) => [`Bearer ${token}`],
  handlers: {
    [`get ${PROJECT}/merge_requests`]: ({ query }, state, url) => ({
      status: 200,
      body: state.requests
        .filter(
          ({ branch, state: is }) =>
            (query.get("source_branch") ?? branch) === branch &&
            (query.get("state") !== "opened" || is === "open"),
        )
        .map((request) => mergeRequest(request, state, url)),
    }),

    [`post ${PROJECT}/merge_requests`]: async ({ body }, state, url) => {
      const {
        source_branch,
        target_branch,
        title = "",
        description: text = "",
      } = body as Record<string, string>;
      const commit = await state.head(source_branch ?? "");
      if (commit === null) {
        return { status: 400, body: { message: { base: ["Source branch does not exist"] } } };
      }
      if (state.requests.some(({ branch, state: is }) => branch === source_branch && is === "open")) {
        const message = [`Another open merge request already exists for this source branch: !1`];
        return { status: 409, body: { message } };
      }
      const request: StandInRequest = {
        number: state.requests.length + 1,
        title,
        body: text,
        branch: source_branch ?? "",
        base: target_branch ?? "",
        draft: title.startsWith("Draft: "),
        state: "open",
        commit,
      };
      state.requests.push(request);
      return { status: 201, body: mergeRequest(request, state, url) };
    },

    [`get ${PROJECT}/merge_requests/{iid}`]: ({ values }, state, url) => {
      const request = state.requests.find(({ number }) => number === Number(values["iid"]));
      return request === undefined
        ? { status: 404, body: { message: "404 Not found" } }
        : { status: 200, body: mergeRequest(request, state, url) };
    },

    [`get ${PROJECT}/repository/commits/{sha}/statuses`]: ({ query }, state) => ({
      status: 200,
      body: pageOf(withIndex(state.checks), query, "per_page").map(
        ({ item: { name, state: is, summary = null }, index }) => ({
          ...description.sampleOf("status"),
          id: index + 1,
          name,
          status: STATUS[is],
          description: summary,
        }),
      ),
    }),

    [`get ${PROJECT}/merge_requests/{iid}/discussions`]: ({ query }, state) => ({
      status: 200,
      body: pageOf(
        state.comments.map((comment, index) => ({
          id: `d${index}`,
          individual_note: comment.path === undefined,
          notes: [
            {
              ...description.sampleOf("note"),
              id: index + 1,
              type: comment.path === undefined ? null : "DiffNote",
              body: comment.text,
              author: author(comment.author),
              created_at: timeOf(index),
              ...(comment.path !== undefined && {
                resolvable: true,
                resolved: comment.resolved ?? false,
                position: {
                  ...description.sampleOf("position"),
                  new_path: comment.path,
                  new_line: comment.line ?? null,
                },
              }),
            },
            // GitLab's own remarks come among them.
            { ...description.sampleOf("note"), id: 1_000 + index, system: true, body: "added 1 commit" },
          ],
        })),
        query,
        "per_page",
      ),
    }),
  },
};
