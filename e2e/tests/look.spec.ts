import { accessibilityViolations } from "../accessibility.ts";
import { expect, send, signIn, test } from "../fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`no screen has an accessibility violation (${colorScheme})`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme });
    await signIn(page, server);
    const violations: Record<string, string[]> = {};
    violations["home"] = await accessibilityViolations(page);
    await send(page, 'think: hm\ntool: bash {"command":"echo out; exit 3"}\nreply: # Title\\n\\n- a\\n- `b`');
    await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
    violations["session"] = await accessibilityViolations(page);
    await page.goto(`${server.url}/settings`);
    await expect(page.getByRole("heading").first()).toBeVisible();
    violations["settings"] = await accessibilityViolations(page);
    expect(violations).toEqual({ home: [], session: [], settings: [] });
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

test("on a phone, no session opens below the inspector", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, server);
  await send(page, "reply: first");
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  await page.getByRole("button", { name: "Inspector" }).click();
  await expect(page.getByRole("dialog", { name: "Inspector" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("button", { name: "Inspector" }).click();
  await expect(page.getByRole("dialog", { name: "Inspector" })).toBeVisible();
});
