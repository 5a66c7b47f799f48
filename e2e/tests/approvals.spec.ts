import { readLog, say, ServerFixture } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

test("A4: a question waits above the composer, is announced, counted and listed, and takes an answer in words", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, 'tool: ask_user {"question":"May I paint it red?"}');
  const dock = page.getByRole("region", { name: "Needs you" });
  const request = dock.filter({ has: page.getByRole("textbox", { name: "Your answer" }) });
  await expect(request.getByText("May I paint it red?")).toBeVisible();
  await expect(request.getByText(/Times out in \d+ h/)).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Needs you" })).toHaveText(
    "Needs you. Question from the agent May I paint it red?",
  );
  await expect(page).toHaveTitle(/^\(1\) /);
  const rail = page.getByRole("navigation", { name: "Sessions" });
  await expect(rail.getByRole("region", { name: "Needs you" }).getByRole("link")).toHaveCount(1);
  await expect(page.getByRole("banner").getByText("Needs you")).toBeVisible();

  // The composer is there all the while.
  await send(page, "reply: in any case");
  await expect(page.getByRole("list", { name: "Queued" }).getByText("reply: in any case")).toBeVisible();

  await request.getByRole("textbox", { name: "Your answer" }).fill("Rather blue");
  await expect(request.getByRole("button", { name: "Send answer" })).toBeEnabled();
  await request.getByRole("textbox", { name: "Your answer" }).press("Enter");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText(`Answered by ${server.name}: "Rather blue"`)).toBeVisible();
  await expect(transcript.getByText(/in any case/).last()).toBeVisible();
  await expect(page).not.toHaveTitle(/^\(1\) /);
  await expect(rail.getByRole("region", { name: "Needs you" })).toBeHidden();
  const log = await readLog(server.client, await sessionIdOf(page));
  expect(log.filter(({ type }) => type === "question.answered")).toHaveLength(1);
});

test("a second tab answers, with a note that the model hears; the first one sees it at once", async ({
  page,
  context,
  provider,
  asking,
}) => {
  provider.enqueue(
    say.reply(say.toolCall("bash", { command: "echo \u202Edone\u202C > a.txt" })),
    say.reply(say.text("As you like.")),
  );
  await signIn(page, asking);
  await send(page, "write it");
  const request = page.getByRole("region", { name: "Needs you" }).last();
  await expect(request.getByText(/Denied automatically in \d+ h/)).toBeVisible();
  await expect(request.getByLabel("What would be done")).toHaveText("echo ⟨202E⟩done⟨202C⟩ > a.txt");

  const second = await context.newPage();
  await second.goto(page.url());
  const there = second.getByRole("region", { name: "Needs you" }).last();
  await there.getByRole("textbox", { name: "Note to the agent" }).fill("Not this file");
  await there.getByRole("button", { name: /Deny/ }).click();
  for (const tab of [page, second]) {
    await expect(tab.getByRole("button", { name: /Deny/ })).toBeHidden();
    const transcript = tab.getByRole("log", { name: "Transcript" });
    await expect(transcript.getByText(`Denied by ${asking.name}`, { exact: true })).toBeVisible();
    await expect(transcript.getByText("Not this file").first()).toBeVisible();
    await expect(transcript.getByText("As you like.")).toBeVisible();
  }
  expect(JSON.stringify((await provider.request(2)).messages)).toContain("Not this file");
});

test("Always answers for the rest of the session, several are asked together, and another session says so", async ({
  page,
  context,
  provider,
  asking,
}) => {
  await signIn(page, asking);
  const elsewhere = await context.newPage();
  await elsewhere.goto(`${asking.url}/settings`);
  await expect(elsewhere.getByRole("navigation", { name: "Sessions" })).toBeVisible();
  provider.enqueue(
    say.reply(
      say.toolCall("write_file", { path: "a.txt", content: "a" }),
      say.toolCall("bash", { command: "cat a.txt" }),
    ),
    say.reply(say.toolCall("write_file", { path: "b.txt", content: "b" })),
    say.reply(say.text("All written.")),
  );
  await send(page, "write both");
  const request = page.getByRole("region", { name: "Needs you" }).last();
  await expect(request.getByText("Write a.txt?")).toBeVisible();
  // There are others, such as of its start.
  const notice = elsewhere.getByRole("listitem").filter({ hasText: "“write both” needs approval" });
  await notice.getByRole("link", { name: "Show" }).click();
  await expect(elsewhere).toHaveURL(page.url());
  await request.getByRole("button", { name: "1 of 2" }).click();
  await expect(request.getByText("Run this command?")).toBeVisible();
  await request.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(request.getByText("Write a.txt?")).toBeVisible();
  await request.getByRole("button", { name: "Always allow…" }).click();
  // The narrowest rule comes first, this very file; the widest last.
  await request
    .getByRole("combobox", { name: "What to allow" })
    .selectOption({ label: "every call of write_file" });
  await request
    .getByRole("button", { name: "Always allow every call of write_file in this session" })
    .click();
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("All written.")).toBeVisible();
  await expect(transcript.getByText("Always allowed")).toHaveCount(1);
});

test("a request that nobody answers in time says so", async ({ page, provider }) => {
  await using server = await ServerFixture.start({
    web: "on",
    env: {
      ...provider.serverEnv,
      TRUNKLINE_APPROVALS: "always",
      TRUNKLINE_APPROVAL_TIMEOUT_SECONDS: "1",
    },
  });
  provider.enqueue(
    say.reply(say.toolCall("bash", { command: "id" })),
    say.reply(say.text("Without it, then.")),
  );
  await signIn(page, server);
  await send(page, "who are you?");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Timed out")).toBeVisible();
  await expect(transcript.getByText("Without it, then.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Allow", exact: true })).toBeHidden();
});

test("a long option of a question is read whole on a phone", async ({ page, provider, server }) => {
  const long = "A rather long option that explains itself in so many words that they fill more than one line";
  const options = ["Red", long, "unbroken".repeat(20)];
  provider.enqueue(say.reply(say.toolCall("ask_user", { question: "Which colour?", options })));
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, server);
  await send(page, "ask me");
  for (const name of options) {
    const box = await page.getByRole("button", { name, exact: true }).boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  }
});

test("what is written for a request stays with it while the requests can't be loaded", async ({
  page,
  asking,
  provider,
}) => {
  provider.enqueue(
    say.reply(say.toolCall("bash", { command: "id" })),
    say.reply(say.toolCall("bash", { command: "date" })),
  );
  await asking.client.task.submit.mutate({ prompt: "the first" });
  await signIn(page, asking);
  const requests = page.getByRole("region", { name: "Requests" });
  const note = requests.getByRole("textbox", { name: "Note to the agent" }).first();
  await note.fill("only in the sandbox");
  const list = /\/trpc\/[^?]*approval\.list/;
  await page.route(list, async (route) => route.fulfill({ status: 403, json: {} }));
  await asking.client.task.submit.mutate({ prompt: "the second" });
  await expect(requests.getByRole("alert")).toContainText("Couldn't load what waits for you.");
  await page.unroute(list);
  await requests.getByRole("button", { name: "Retry" }).click();
  await expect(note).toHaveValue("only in the sandbox");
});

test("what was written for a request that was answered while nobody looked is in the message box", async ({
  page,
  context,
  asking,
  provider,
}) => {
  provider.enqueue(say.reply(say.toolCall("bash", { command: "id" })), say.reply(say.text("As you like.")));
  await signIn(page, asking);
  await send(page, "go");
  const sessionId = await sessionIdOf(page);
  await page.getByRole("textbox", { name: "Note to the agent" }).fill("only in the sandbox");
  await page.close();
  const { approvals } = await asking.client.session.get.query({ sessionId });
  await asking.client.approval.answer.mutate({ approvalId: approvals[0]!.id, decision: "deny" });
  const later = await context.newPage();
  await later.goto(`${asking.url}/s/${sessionId}`);
  await expect(later.getByRole("textbox", { name: "Message" })).toHaveValue("only in the sandbox");
});

test("what is chosen of several options is there again after a reload", async ({ page, server }) => {
  await signIn(page, server);
  const input = { question: "Which ones?", options: ["first", "second", "third"], multiple: true };
  await send(page, `tool: ask_user ${JSON.stringify(input)}\nreply: fine`);
  await sessionIdOf(page);
  const options = page.getByRole("group", { name: "Options" });
  for (const name of ["first", "third"]) await options.getByRole("button", { name }).click();
  await page.reload();
  for (const [name, isChosen] of [
    ["first", "true"],
    ["second", "false"],
    ["third", "true"],
  ] as const)
    await expect(options.getByRole("button", { name })).toHaveAttribute("aria-pressed", isChosen);
  await page.getByRole("button", { name: "Send answer" }).click();
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText(`Answered by ${server.name}: "first, third"`)).toBeVisible();
});
