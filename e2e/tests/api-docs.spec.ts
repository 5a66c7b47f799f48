import { expect, signIn, test } from "../fixtures.ts";

test("the API's page shows every route and tries one, without asking anybody else", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  const foreign: string[] = [];
  const problems: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== server.url) foreign.push(request.url());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  // Policy violations are reported there.
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });

  await page.goto(`${server.url}/api/docs`);
  // It renders every route before it shows anything.
  await expect(page.getByRole("heading", { name: /^Trunkline/ })).toBeVisible({ timeout: 240_000 });
  const documented = (await (await page.request.get(`${server.url}/api/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const routes = Object.values(documented.paths).flatMap((methods) => Object.keys(methods));
  await expect(page.locator(".opblock")).toHaveCount(routes.length);

  const submit = page.locator("#operations-Tasks-taskSubmit");
  await submit.getByRole("button", { name: /Submit a task/ }).click();
  await expect(submit.getByRole("textbox")).toHaveValue(/say: hello/);
  await submit.getByRole("button", { name: "Execute" }).click();
  await expect(submit.locator(".live-responses-table")).toContainText("201");
  const { items } = await server.client.task.list.query({});
  expect(items.map(({ prompt }) => prompt)).toEqual(["say: hello"]);

  expect(foreign).toEqual([]);
  expect(problems).toEqual([]);
});
