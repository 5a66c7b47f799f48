import { AxeBuilder } from "@axe-core/playwright";
import { say } from "@trunkline/testkit";
import { expect, send, signIn, test } from "../fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`no screen has an accessibility violation (${colorScheme})`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme });
    await signIn(page, server);
    const violations: Record<string, unknown> = {};
    const check = async (screen: string): Promise<void> => {
      const result = await new AxeBuilder({ page }).analyze();
      if (result.violations.length > 0) {
        violations[screen] = result.violations.map(({ id, nodes }) => ({
          id,
          nodes: nodes.map((node) => node.html),
        }));
      }
    };
    await check("home");
    await send(page, 'think: hm\ntool: bash {"command":"echo out; exit 3"}\nreply: # Title\\n\\n- a\\n- `b`');
    await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
    await check("session");
    await page.goto(`${server.url}/settings`);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await check("settings");
    expect(violations).toEqual({});
  });
}

test("a phone has one pane, and nothing wider than itself", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, server);
  await send(page, `reply: ${"long".repeat(60)} \\n\\n\`\`\`\\n${"x".repeat(300)}\\n\`\`\``);
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test("hostile model output loads nothing from elsewhere and runs nothing", async ({
  page,
  server,
  provider,
}) => {
  const hostile = [
    "![x](https://evil.example/pixel.png)",
    '<img src="https://evil.example/raw.png" onerror="window.__hacked = 1">',
    "<script>window.__hacked = 1</script>",
    "[click](javascript:window.__hacked=1)",
    "[data](data:text/html,<script>1</script>)",
    "<svg onload=window.__hacked=1></svg>",
    "[ref]: https://evil.example/x\n![ref]",
    "The end.",
  ].join("\n\n");
  provider.enqueue(say.reply(say.text(hostile)));
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith("blob:"))
      foreign.push(request.url());
  });
  await signIn(page, server);
  await send(page, "show me");
  await expect(page.getByText("The end.")).toBeVisible();
  expect(foreign).toEqual([]);
  expect(await page.evaluate(() => "__hacked" in window)).toBe(false);
  expect(await page.locator('a[href^="javascript:"], a[href^="data:"]').count()).toBe(0);
});
