import { chromium } from "@playwright/test";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";

/** For machines that do much else. */
const LIMIT_MS = 180_000;

export interface BrowserTask {
  /** Opens the UI and signs in. */
  signInUrl: string;
  prompt: string;
  /** In the answer, once it has streamed to its end. */
  answer: RegExp;
  /** While the task is at work. */
  meanwhile?: () => Promise<void>;
  /** In the page once the task is at work; needed with `meanwhile`. */
  working?: RegExp;
}

/** Submits a task in Chromium, as a user does, and watches it to its end. */
export async function taskInBrowser(task: BrowserTask): Promise<void> {
  await using browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS, "--ignore-certificate-errors"],
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.goto(task.signInUrl);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.waitFor();
  const send = page.getByRole("button", { name: /^(Send|Queue)$/ });
  // The page is visible before its script runs: until then, typing has no effect.
  while (!(await send.isEnabled())) {
    await box.fill("");
    await box.fill(task.prompt);
    await page.waitForTimeout(100);
  }
  await box.press("Enter");
  if (task.meanwhile !== undefined && task.working !== undefined) {
    await page.getByText(task.working).last().waitFor();
    await task.meanwhile();
  }
  try {
    await page.getByText(task.answer).last().waitFor();
  } catch (error) {
    throw new Error(`The page says:\n${await page.locator("body").innerText()}`, { cause: error });
  }
}
