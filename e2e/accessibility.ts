import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { settled } from "./settled.ts";

/** @returns a line for each violation of the screen as it is now, with its rule and its first element */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}
