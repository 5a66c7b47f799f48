import { AxeBuilder } from "@axe-core/playwright";
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
