import { environmentsBelow, ServerFixture } from "@trunkline/testkit";
import { expect, test } from "../fixtures.ts";

test("neither the UI's process nor any other has a secret of the server in its environment", async () => {
  const env = {
    OPENAI_API_KEY: "sk-canary-openai",
    OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
    TRUNKLINE_MODEL: "openai-compatible:none",
    AWS_SECRET_ACCESS_KEY: "canary-aws",
    NEXT_PUBLIC_TOKEN: "canary-next",
  };
  await using server = await ServerFixture.start({ web: "on", env });
  // It comes up in its own time; and a process that was forked just now has its parent's environment until it runs its program.
  await expect.poll(async () => (await fetch(server.url)).status).toBe(200);
  const environments = [...(await environmentsBelow(server.pid)).values()];
  // Otherwise the UI is not among them.
  expect(environments.some((environment) => environment.includes("NODE_ENV=production"))).toBe(true);
  for (const environment of environments) expect(environment).not.toContain("canary");
  const page = await (await fetch(server.url)).text();
  expect(page).not.toContain("canary");
});
