import type { APIResponse } from "@playwright/test";
import { ServerFixture } from "@trunkline/testkit";
import { Trap } from "../hostile/trap.ts";
import { expect, signIn, test } from "../fixtures.ts";

const MISSING = "019aa000-0000-7000-8000-000000000000";
const NONCE = /^'nonce-[A-Za-z0-9+/]{22}=='$/;

/** Directives with their values; a nonce appears as `'nonce'`. */
function readPolicy(answer: APIResponse): Record<string, string> {
  const policy = answer.headers()["content-security-policy"] ?? "";
  return Object.fromEntries(
    policy.split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.map((value) => (NONCE.test(value) ? "'nonce'" : value)).join(" ")];
    }),
  );
}

const UI_POLICY = {
  "default-src": "'none'",
  "script-src": "'self' 'nonce'",
  "style-src": "'self' 'nonce'",
  "style-src-attr": "'unsafe-inline'",
  "img-src": "'self' blob:",
  "font-src": "'self'",
  "connect-src": "'self'",
  "manifest-src": "'self'",
  "frame-ancestors": "'none'",
  "base-uri": "'none'",
  "form-action": "'self'",
};

/** Pages outside the UI: no scripts at all, and a style allowed by hash. */
const PLAIN_POLICY = {
  "default-src": "'none'",
  "style-src": expect.stringMatching(/^'sha256-[A-Za-z0-9+/]{43}='$/),
  "frame-ancestors": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

/** Responses that are not pages. */
const DATA_POLICY = { "default-src": "'none'", "frame-ancestors": "'none'", sandbox: "" };

test("every page allows itself what it needs and nothing else, errors included", async ({
  page,
  playwright,
  server,
}) => {
  await signIn(page, server);
  const stranger = await playwright.request.newContext();
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: hi" });
  const pages: [string, number, object][] = [
    ["/", 200, UI_POLICY],
    ["/settings", 200, UI_POLICY],
    [`/s/${sessionId}`, 200, UI_POLICY],
    [`/s/${MISSING}`, 200, UI_POLICY],
    ["/s/no-id", 200, UI_POLICY],
    ["/nothing/here", 404, UI_POLICY],
    ["/%3Cscript%3E", 404, UI_POLICY],
    ["/_next/nothing.js", 404, UI_POLICY],
    ["/sign-in?code=old", 403, PLAIN_POLICY],
    ["/sign-in", 403, PLAIN_POLICY],
    ["/api/nothing", 404, DATA_POLICY],
    ["/trpc/session.get?input=%7B%7D", 400, DATA_POLICY],
    ["/trpc/nothing", 404, DATA_POLICY],
    ["/health", 200, DATA_POLICY],
    ["/api/sessions", 200, DATA_POLICY],
  ];
  const nonces = new Set<string>();
  const key = await page.evaluate(() => localStorage.getItem("trunkline.page-key") ?? "");
  for (const [path, status, policy] of pages) {
    const caller = path.startsWith("/sign-in") ? stranger : page.request;
    const answer = await caller.get(`${server.url}${path}`, {
      headers: { accept: "text/html,*/*", "x-trunkline-page-key": key },
    });
    expect([path, answer.status(), readPolicy(answer)]).toEqual([path, status, policy]);
    expect(answer.headers(), path).toMatchObject({
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const nonce = /'nonce-([^']+)'/.exec(answer.headers()["content-security-policy"] ?? "")?.[1];
    if (nonce === undefined) continue;
    expect(nonces.has(nonce), "a nonce is used once").toBe(false);
    nonces.add(nonce);
    const markup = await answer.text();
    const scripts = markup.match(/<script\b[^>]*>/g) ?? [];
    expect(
      scripts.filter((script) => !script.includes(`nonce="${nonce}"`) && !/src="\/_next\//.test(script)),
    ).toEqual([]);
  }
  await stranger.dispose();
});

test("a worker of a page may load the scripts beside it, and no more", async ({ page, server }) => {
  await signIn(page, server);
  const script = await page.evaluate(
    () => document.querySelector<HTMLScriptElement>('script[src^="/_next/static/"]')?.src ?? "",
  );
  expect(readPolicy(await page.request.get(script))).toEqual({
    "default-src": "'none'",
    "script-src": "'self'",
  });
});

test("what stands in place of a UI that is off may load nothing", async ({ page }) => {
  await using api = await ServerFixture.start({ web: "off" });
  const off = await page.request.get(`${api.url}/`);
  expect([off.status(), readPolicy(off)]).toEqual([200, DATA_POLICY]);
});

test("what somebody might get into a page is stopped by its policy", async ({ page, server }) => {
  await using trap = await Trap.start();
  await signIn(page, server);
  const outcome = await page.evaluate(async (origin) => {
    const stopped: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      stopped.push(effectiveDirective),
    );
    const scope = globalThis as unknown as { ran?: boolean };
    const add = (name: string, attributes: Record<string, string>, text = ""): HTMLElement => {
      const element = Object.assign(document.createElement(name), attributes);
      element.textContent = text;
      document.body.append(element);
      return element;
    };
    add("script", {}, "globalThis.ran = true");
    add("script", { src: `${origin}/s.js` });
    add("button", {}).setAttribute("onclick", "globalThis.ran = true");
    (document.body.lastElementChild as HTMLElement).click();
    add("img", { src: `${origin}/i.png` });
    add("img", { src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" });
    add("iframe", { src: `${origin}/f` });
    add("iframe", { srcdoc: "<script>parent.ran = true</script>" });
    add("object", { data: `${origin}/o` });
    add("video", { src: `${origin}/v` });
    add("style", {}, `@import "${origin}/c.css"; body { background: url(${origin}/b) }`);
    add("link", { rel: "stylesheet", href: `${origin}/l.css` });
    add("base", { href: `${origin}/` });
    const form = add("form", { action: `${origin}/form`, method: "post" }) as HTMLFormElement;
    form.submit();
    const tried: string[] = [];
    const attempt = async (name: string, run: () => unknown): Promise<void> => {
      try {
        await run();
        tried.push(`${name} went through`);
      } catch {
        // As expected.
      }
    };
    await attempt("fetch", () => fetch(`${origin}/x`, { mode: "no-cors" }));
    // Last, because code evaluated by a debugger may itself evaluate.
    await attempt(
      "eval",
      () =>
        new Promise((evaluated, refused) => {
          setTimeout(() => {
            try {
              // oxlint-disable-next-line no-eval -- that it does not work is what is asked
              evaluated((0, eval)("globalThis.ran = true"));
            } catch (error) {
              refused(new Error("refused", { cause: error }));
            }
          });
        }),
    );
    navigator.sendBeacon(`${origin}/beacon`, "x");
    await attempt(
      "an event source",
      () =>
        new Promise((opened, failed) => {
          const source = new EventSource(`${origin}/e`);
          source.addEventListener("open", opened);
          source.addEventListener("error", () => {
            source.close();
            failed(new Error("closed"));
          });
        }),
    );
    // They are reported one by one, and on a busy machine late.
    for (let looks = 0; looks < 600 && new Set(stopped).size < 11; looks++) {
      await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 100)));
    }
    return {
      ran: scope.ran ?? false,
      tried,
      stopped: [...new Set(stopped)].toSorted(),
      base: document.baseURI,
    };
  }, trap.origin);
  expect(outcome.ran).toBe(false);
  expect(outcome.tried).toEqual([]);
  expect(new URL(outcome.base).origin).toBe(server.url);
  expect(outcome.stopped).toEqual([
    "base-uri",
    "connect-src",
    "form-action",
    "frame-src",
    "img-src",
    "media-src",
    "object-src",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src-elem",
  ]);
  // Chromium may open a connection before it checks the policy; nothing is ever sent over it.
  expect(trap.caught.filter((line) => line !== "")).toEqual([]);
  expect(page.url()).toBe(`${server.url}/`);
});

test("no other site can put a page into a frame", async ({ page, server }) => {
  await signIn(page, server);
  await page.route("http://localhost:1/", async (route) =>
    route.fulfill({ contentType: "text/html", body: `<iframe src="${server.url}/settings"></iframe>` }),
  );
  await page.goto("http://localhost:1/");
  const framed = page.frames()[1];
  await expect.poll(() => framed?.url()).toBe("chrome-error://chromewebdata/");
});
