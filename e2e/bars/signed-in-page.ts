import type { Browser, BrowserContext, Page } from "@playwright/test";

/** A signed-in page of a browser with an empty cache. */
export async function signedInPage(browser: Browser, url: string, token: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const pageKey = await signIn(context, url, token);
  await context.addInitScript((key) => localStorage.setItem("trunkline.page-key", key), pageKey);
  return context.newPage();
}

/** Gets the cookie. @returns the key that pages need beside it */
export async function signIn({ request }: BrowserContext, url: string, token: string): Promise<string> {
  const answer = await request.post(`${url}/sign-in`, { data: { token }, headers: { origin: url } });
  if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}`);
  const { pageKey } = (await answer.json()) as { pageKey: string };
  return pageKey;
}
