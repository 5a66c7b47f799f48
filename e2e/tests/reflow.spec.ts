import { say } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";
import { whatIsLost } from "../reflow/what-is-lost.ts";

/** The narrowest that WCAG 2.2's 1.4.10 asks for, a laptop's 1280 × 800 at 200 % zoom, and the same as it is. */
const SIZES = [
  { name: "at 320 px", viewport: { width: 320, height: 640 }, deviceScaleFactor: 1 },
  { name: "at 200 % zoom", viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { name: "with all panes", viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
];

for (const { name, viewport, deviceScaleFactor } of SIZES) {
  test.describe(name, () => {
    test.use({ viewport, deviceScaleFactor });
    const hasOnePane = viewport.width < 768;

    test("every screen keeps its controls in reach and its text whole", async ({
      page,
      asking,
      provider,
    }) => {
      const lost: Record<string, string[]> = {};
      const look = async (screen: string, within: string = "body"): Promise<void> => {
        const found = await whatIsLost(page, within);
        if (found.length > 0) lost[screen] = found;
      };
      await page.goto(asking.url);
      await expect(page.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
      await look("sign-in");
      await signIn(page, asking);
      await look("home, empty");

      const end = Promise.withResolvers<void>();
      provider.enqueue(
        say.reply(
          say.text(
            `# Title\n\nSome ${"long".repeat(30)} word\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`\n${"x".repeat(200)}\n\`\`\``,
          ),
          say.toolCall("bash", { command: `echo ${"y".repeat(120)}` }),
        ),
        say.reply(say.toolCall("ask_user", { question: "Which one?", options: ["The first", "The second"] })),
        say.reply(say.text("begun"), say.until(end.promise)),
      );
      await send(page, "a task with a title that is longer than a narrow screen is wide");
      const card = page.getByRole("region", { name: "Needs you" }).last();
      await expect(card.getByRole("button", { name: "Allow", exact: true })).toBeEnabled();
      await look("approval");
      await card.getByRole("button", { name: "Always allow…" }).click();
      await expect(card.getByRole("button", { name: /^Always allow/ })).toBeEnabled();
      await look("always");
      await card.getByRole("button", { name: "Cancel" }).click();
      await page.goto(asking.url);
      await expect(
        page.getByRole("article").getByRole("button", { name: "Allow", exact: true }),
      ).toBeEnabled();
      await look("inbox");
      await page.getByRole("article").getByRole("button", { name: "Allow", exact: true }).click();
      // Its card takes the place of the first one's: a click between the two would hit neither.
      await expect(page.getByRole("article").getByRole("button", { name: "The second" })).toBeVisible();
      await page.getByRole("article").getByRole("link").first().click();
      await expect(card.getByRole("button", { name: "The second" })).toBeEnabled();
      await look("question");
      await card.getByRole("button", { name: "The second" }).click();
      await expect(page.getByRole("log").getByText("begun")).toBeVisible();
      await send(page, "a queued message that is longer than the screen");
      await expect(page.getByRole("list", { name: "Queued" })).toBeVisible();
      await page.getByRole("textbox", { name: "Message" }).fill("more");
      await look("running, queued");
      await expect(page.getByTitle("Model", { exact: true }).filter({ visible: true })).toHaveCount(1);

      await page.getByRole("button", { name: "Other ways to send" }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("send menu", "[role=menu]");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "More actions", exact: true }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("session menu", "[role=menu]");
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await look("question", "[role=alertdialog]");
      await page.getByRole("button", { name: "Cancel" }).click();
      const transcript = page.getByRole("log", { name: "Transcript" });
      // The dialog gives the focus back before.
      await expect(page.getByRole("button", { name: "More actions", exact: true })).toBeFocused();
      await transcript.focus();
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: "Search" }).fill("task");
      await expect(page.getByRole("group", { name: "Messages and events" })).toBeVisible();
      await look("palette", "[role=dialog]");
      await page.keyboard.press("Escape");
      await expect(transcript).toBeFocused();
      const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
      await expect(async () => {
        // Right after a dialog has gone, a single key may belong to what somebody types.
        if (!(await sheet.isVisible())) await page.keyboard.press("?");
        await expect(sheet).toBeVisible({ timeout: 1_500 });
      }).toPass();
      await look("key sheet", "[role=dialog]");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Inspector", exact: true }).click();
      await page.getByRole("tab").first().waitFor();
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        await look(
          `inspector, ${await tab.textContent()}`,
          hasOnePane ? "[role=dialog]" : "[data-inspector]",
        );
      }
      await page.keyboard.press("Escape");
      end.resolve();
      await page.goto(`${asking.url}/settings`);
      await expect(page.getByRole("region", { name: "Tokens" }).getByText("this browser")).toBeVisible();
      for (const button of ["New token", "New project", "Add server", "New rule"])
        await page.getByRole("button", { name: button }).click();
      await look("settings");
      if (hasOnePane) await page.getByRole("button", { name: "Sessions", exact: true }).click();
      await look("rail", hasOnePane ? "[role=dialog]" : "aside");
      await page
        .getByRole("button", { name: /^More actions for/ })
        .first()
        .click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("row menu", "[role=menu]");
      expect(lost).toEqual({});
    });
  });
}

test.describe("on a phone held sideways", () => {
  test.use({ viewport: { width: 667, height: 375 } });

  test("what waits is answered, however much is queued", async ({ page, asking, provider }) => {
    const command = Array.from({ length: 12 }, (_, line) => `echo ${line}`).join("\n");
    provider.enqueue(say.reply(say.toolCall("bash", { command })));
    await signIn(page, asking);
    await send(page, "go");
    const allow = page.getByRole("region", { name: "Needs you" }).last().getByRole("button", {
      name: "Allow",
      exact: true,
    });
    await expect(allow).toBeEnabled();
    const sessionId = await sessionIdOf(page);
    for (const prompt of ["reply: one", "reply: two", "reply: three"])
      await asking.client.task.submit.mutate({ sessionId, prompt });
    const queue = page.getByRole("list", { name: "Queued" });
    await expect(queue.getByRole("listitem")).toHaveCount(3);
    // By hand: to what a script or a key goes to, the browser scrolls also where no hand can.
    await queue.getByRole("listitem").first().hover();
    await page.mouse.wheel(0, 3_000);
    await expect(allow).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole("textbox", { name: "Message" })).toBeInViewport({ ratio: 1 });
  });
});
