import { followTask } from "@trunkline/client";
import { expect, signIn, test } from "../fixtures.ts";

test("B2-palette: one letter is a word, and titles are found whatever the case, width or accents", async ({
  page,
  server,
}) => {
  const { client } = server;
  const task = await client.task.submit.mutate({ prompt: "reply: 犬" });
  for await (const _event of followTask(client, task)) continue;
  await client.session.update.mutate({ sessionId: task.sessionId, title: "Pets" });
  await client.session.create.mutate({ title: "Straße İstanbul" });
  await client.session.create.mutate({ title: "cafe\u0301" });
  await signIn(page, server);
  await page.getByRole("textbox", { name: "Message" }).press("Control+k");
  const search = page.getByRole("combobox", { name: "Search" });
  const group = (name: string) => page.getByRole("group", { name });

  await search.fill("犬");
  await expect(group("Messages and events").getByRole("option").first()).toContainText("犬");
  await expect(group("Sessions")).toBeHidden();
  for (const [typed, title] of [
    ["STRASSE", "Straße"],
    ["istanbul", "Straße"],
    ["caf\u00e9", "cafe\u0301"],
  ] as const) {
    await search.fill(typed);
    await expect(group("Sessions").getByRole("option", { name: title })).toHaveCount(1);
  }
  await search.fill("ＤＡＲＫ");
  await expect(group("Actions").getByRole("option", { name: "Theme: dark" })).toBeVisible();
});
