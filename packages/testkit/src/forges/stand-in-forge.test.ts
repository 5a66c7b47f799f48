import { MergeRequestDiscussions, MergeRequests } from "@gitbeaker/rest";
import { giteaApi } from "gitea-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { StandInForge, type StandInForgeOptions } from "./stand-in-forge.ts";

const TOKEN = "t0ken";

async function start(kind: StandInForgeOptions["kind"]): Promise<StandInForge> {
  const forge = await StandInForge.start({ kind, repository: "octo/demo", token: TOKEN });
  onTestFinished(async () => forge[Symbol.asyncDispose]());
  return forge;
}

describe("the stand-ins speak as the forges do: clients that others wrote get along with them", () => {
  test("gitea-js, generated from Gitea's own description", async () => {
    const forge = await start("gitea");
    const { repos } = giteaApi(`http://${forge.host}`, { token: TOKEN });
    const { data: created } = await repos.repoCreatePullRequest("octo", "demo", {
      head: "fix",
      base: "main",
      title: "Fix",
    });
    expect(created).toMatchObject({ number: 1, state: "open" });
    forge.commented({ author: "ada", text: "No", path: "a.ts", line: 3 });
    const { data: reviews } = await repos.repoListPullReviews("octo", "demo", 1);
    const { data: lines } = await repos.repoGetPullReviewComments("octo", "demo", 1, reviews[0]!.id!);
    expect(lines).toMatchObject([{ body: "No", path: "a.ts", position: 3, user: { login: "ada" } }]);
    forge.checked({ name: "ci", state: "failed" });
    const { data: combined } = await repos.repoGetCombinedStatusByRef("octo", "demo", created.head!.sha!);
    expect(combined.statuses).toMatchObject([{ context: "ci", status: "failure" }]);
    expect(forge.problems).toEqual([]);
  });

  test("gitbeaker, of GitLab", async () => {
    const forge = await start("gitlab");
    const options = { host: `http://${forge.host}`, oauthToken: TOKEN };
    const requests = new MergeRequests(options);
    const created = await requests.create("octo/demo", "fix", "main", "Draft: Fix", { description: "Why" });
    expect(created).toMatchObject({ iid: 1, state: "opened", draft: true, source_branch: "fix" });
    const found = await requests.all({ projectId: "octo/demo", sourceBranch: "fix", state: "opened" });
    expect(found).toHaveLength(1);
    forge.commented({ author: "ada", text: "No", path: "a.ts", line: 3 });
    const [discussion] = await new MergeRequestDiscussions(options).all("octo/demo", 1);
    expect(discussion?.notes?.[0]).toMatchObject({ body: "No", position: { new_path: "a.ts", new_line: 3 } });
    expect(forge.problems).toEqual([]);
  });
});

describe("what does not fit the API is refused and noted", () => {
  const send = async (forge: StandInForge, path: string, body?: object) =>
    fetch(forge.api + path, {
      ...(body && { method: "POST", body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${TOKEN}` },
    });

  test.each([
    ["a route that there is not", "/repos/octo/demo/pull", undefined, /is not described/],
    ["an unknown parameter", "/repos/octo/demo/pulls?branch=fix", undefined, /no query parameter 'branch'/],
    ["a parameter's value", "/repos/octo/demo/pulls?state=opened", undefined, /query 'state'/],
    ["a property that is missing", "/repos/octo/demo/pulls", { title: "x", head: "fix" }, /'base'/],
    ["a property of the wrong type", "/repos/octo/demo/pulls", { head: 1, base: "main" }, /must be string/],
    [
      "an unknown property",
      "/repos/octo/demo/pulls",
      { head: "a", base: "b", source: "c" },
      /no property 'source'/,
    ],
  ])("%s", async (_, path, body, problem) => {
    const forge = await start("github");
    expect((await send(forge, path, body)).status).toBe(418);
    expect(forge.problems).toEqual([expect.stringMatching(problem)]);
  });
});
