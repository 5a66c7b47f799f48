import type { BrowserContext, Page } from "@playwright/test";
import { RAN } from "./payloads.ts";

/** What a browser did that it should not have done. */
export interface Misdeeds {
  /** Requests to any origin other than the server's, blocked or not. */
  foreign: string[];
  /** Scripts that ran, and dialogs that opened. */
  ran: string[];
  /** Navigations that the test did not cause. */
  navigations: string[];
  popups: string[];
  /** Violations of the content policy: the page should not even have tried. */
  violations: string[];
  errors: string[];
}

/** Watches all pages of a browser context from the start. */
export async function watch(context: BrowserContext, own: string): Promise<Misdeeds> {
  const misdeeds: Misdeeds = {
    foreign: [],
    ran: [],
    navigations: [],
    popups: [],
    violations: [],
    errors: [],
  };
  await context.exposeFunction(RAN, () => misdeeds.ran.push("script"));
  await context.exposeFunction("hostileViolation", (what: string) => misdeeds.violations.push(what));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const tell = (globalThis as unknown as { hostileViolation(what: string): void }).hostileViolation;
      tell(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    // An image created by the page itself.
    if (url.protocol === "blob:" && url.origin === own) return;
    if (url.origin !== own) misdeeds.foreign.push(request.url());
  });
  context.on("page", (page) => watchPage(page, misdeeds));
  return misdeeds;
}

function watchPage(page: Page, misdeeds: Misdeeds): void {
  page.on("dialog", (dialog) => {
    misdeeds.ran.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => misdeeds.popups.push(popup.url()));
  page.on("pageerror", (error) => misdeeds.errors.push(error.message));
  page.on("frameattached", (frame) => misdeeds.navigations.push(`a frame: ${frame.url()}`));
}
