import { ApiDescription } from "./api-description.ts";
import type { ForgeApi } from "./forge-api.ts";
import { type ForgeState, pageOf, type StandInRequest, timeOf, withIndex } from "./forge-state.ts";

const description = ApiDescription.read(new URL("descriptions/gitea.json", import.meta.url));
const REPO = "/repos/{owner}/{repo}";
/** Its default for the largest page (MAX_RESPONSE_ITEMS), less than clients may ask for. */
const LARGEST_PAGE = 50;

function pull(request: StandInRequest, state: ForgeState, url: string) {
  const isMerged = request.state === "merged";
  return {
    ...description.sampleOf("pull-request"),
    number: request.number,
    html_url: `${url}/${state.repository}/pulls/${request.number}`,
    title: request.title,
    body: request.body,
    draft: request.draft,
    state: request.state === "open" ? "open" : "closed",
    merged: isMerged,
    head: { ...description.sampleOf("branch"), ref: request.branch, sha: request.commit },
    base: { ...description.sampleOf("branch"), ref: request.base },
  };
}

const STATUS = { pending: "pending", passed: "success", failed: "failure" };

const user = (login: string) => ({ ...description.sampleOf("user"), login });

/** Gitea's API. */
export const giteaApi: ForgeApi = {
  description,
  root: "/api/v1",
  authorizations: (token) => [`token ${token}`, `Bearer ${token}`],
  handlers: {
    [`get ${REPO}/pulls`]: ({ query }, state, url) => ({
      status: 200,
      body: pageOf(
        state.requests.filter(({ state: is }) => query.get("state") !== "open" || is === "open"),
        query,
        "limit",
        LARGEST_PAGE,
      ).map((request) => pull(request, state, url)),
    }),

    [`post ${REPO}/pulls`]: async ({ body }, state, url) => {
      const { head, base, title = "", body: text = "" } = body as Record<string, string>;
      const commit = await state.head(head ?? "");
      if (commit === null) return { status: 404, body: { message: "The target couldn't be found." } };
      if (state.requests.some(({ branch, state: is }) => branch === head && is === "open")) {
        return { status: 409, body: { message: "pull request already exists for these targets" } };
      }
      const request: StandInRequest = {
        number: state.requests.length + 1,
        title,
        body: text,
        branch: head ?? "",
        base: base ?? "",
        draft: title.startsWith("WIP: "),
        state: "open",
        commit,
      };
      state.requests.push(request);
      return { status: 201, body: pull(request, state, url) };
    },

    [`get ${REPO}/pulls/{index}`]: ({ values }, state, url) => {
      const request = state.requests.find(({ number }) => number === Number(values["index"]));
      return request === undefined
        ? { status: 404, body: { message: "The target couldn't be found." } }
        : { status: 200, body: pull(request, state, url) };
    },

    [`get ${REPO}/commits/{ref}/status`]: ({ query }, state) => ({
      status: 200,
      body: {
        ...description.sampleOf("combined-status"),
        total_count: state.checks.length,
        statuses: pageOf(withIndex(state.checks), query, "limit", LARGEST_PAGE).map(
          ({ item: { name, state: is, summary = "" }, index }) => ({
            ...description.sampleOf("status"),
            id: index + 1,
            context: name,
            status: STATUS[is],
            description: summary,
          }),
        ),
      },
    }),

    // Comments on lines are parts of reviews: here each of a review of its own.
    [`get ${REPO}/pulls/{index}/reviews`]: ({ query }, state) => ({
      status: 200,
      body: pageOf(
        state.comments.flatMap((comment, index) => (comment.path === undefined ? [] : [{ comment, index }])),
        query,
        "limit",
        LARGEST_PAGE,
      ).map(({ comment, index }) => ({
        ...description.sampleOf("review"),
        id: index + 1,
        state: "COMMENT",
        body: "",
        user: user(comment.author),
        comments_count: 1,
        submitted_at: timeOf(index),
      })),
    }),
    [`get ${REPO}/pulls/{index}/reviews/{id}/comments`]: ({ values }, state) => {
      const index = Number(values["id"]) - 1;
      const { author, text, path, line = 0, resolved = false } = state.comments[index]!;
      return {
        status: 200,
        body: [
          {
            ...description.sampleOf("line-comment"),
            id: index + 1,
            user: user(author),
            body: text,
            path,
            position: line,
            created_at: timeOf(index),
            resolver: resolved ? user("somebody") : null,
          },
        ],
      };
    },
    [`get ${REPO}/issues/{index}/comments`]: (_call, state) => ({
      status: 200,
      body: state.comments.flatMap(({ author, text, path }, index) =>
        path === undefined
          ? [
              {
                ...description.sampleOf("comment"),
                id: index + 1,
                user: user(author),
                body: text,
                created_at: timeOf(index),
              },
            ]
          : [],
      ),
    }),
  },
};
