import { createECDH, randomBytes, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page, Worker } from "@playwright/test";
import { ServerFixture } from "@trunkline/testkit";
import { accessibilityViolations } from "../accessibility.ts";
import { WHOLE_BROWSER } from "../chromium.ts";
import { expect, signIn, test as base, watchFor } from "../fixtures.ts";

/** A host on which nothing listens: what the server sends fails at once. */
const NOWHERE = "localhost:1";

const test = base.extend<{ pushing: ServerFixture }>({
  // oxlint-disable-next-line no-empty-pattern
  pushing: async ({}, use, { outputDir }) => {
    const configFile = join(outputDir, "..", `push-${randomUUID()}.json`);
    writeFileSync(configFile, JSON.stringify({ push: { privateHosts: [NOWHERE] } }));
    const env = { TRUNKLINE_CONFIG_FILE: configFile, TRUNKLINE_MODEL: "demo" };
    await using server = await ServerFixture.start({ web: "on", env });
    await use(server);
  },
});
test.use({ launchOptions: WHOLE_BROWSER });

/** What a browser would have of its maker's push service, which can't be reached here. Kept as long as the browser's profile. */
async function standInForPushService(page: Page): Promise<string> {
  const endpoint = `https://${NOWHERE}/${randomUUID()}`;
  const keys = {
    p256dh: createECDH("prime256v1").generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  };
  await page.addInitScript(
    (told) => {
      const KEY = "stand-in-push";
      const subscription = (applicationServerKey: string) => ({
        endpoint: told.endpoint,
        options: {
          applicationServerKey: Uint8Array.from(
            atob(applicationServerKey.replaceAll("-", "+").replaceAll("_", "/")),
            (character) => character.codePointAt(0) ?? 0,
          ).buffer,
        },
        toJSON: () => told,
        async unsubscribe() {
          localStorage.removeItem(KEY);
          return true;
        },
      });
      PushManager.prototype.getSubscription = async () => {
        const key = localStorage.getItem(KEY);
        return key === null ? null : (subscription(key) as unknown as PushSubscription);
      };
      PushManager.prototype.subscribe = async (options) => {
        const key = options?.applicationServerKey as string;
        localStorage.setItem(KEY, key);
        return subscription(key) as unknown as PushSubscription;
      };
    },
    { endpoint, keys },
  );
  return endpoint;
}

/** Delivers messages to the page's worker as the browser does once it has decrypted them. */
class Deliveries {
  readonly #session: CDPSession;
  readonly #origin: string;
  #registrationId = "";

  private constructor(session: CDPSession, origin: string) {
    this.#session = session;
    this.#origin = origin;
  }

  static async to(page: Page, origin: string): Promise<Deliveries> {
    const session = await page.context().newCDPSession(page);
    const deliveries = new Deliveries(session, origin);
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const known = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
      deliveries.#registrationId = known?.registrationId ?? deliveries.#registrationId;
    });
    await session.send("ServiceWorker.enable");
    await expect.poll(() => deliveries.#registrationId).not.toBe("");
    return deliveries;
  }

  async deliver(data: string | object): Promise<void> {
    await this.#session.send("ServiceWorker.deliverPushMessage", {
      origin: this.#origin,
      registrationId: this.#registrationId,
      data: typeof data === "string" ? data : JSON.stringify(data),
    });
  }
}

interface WorkerScope extends EventTarget {
  registration: ServiceWorkerRegistration;
  ExtendableEvent: new (type: string) => Event;
  shown: { title: string; body: string; tag: string; data: unknown }[];
}

/** Keeps what the worker shows from here on: a browser without a screen forgets its notifications when it likes. */
async function watchNotifications(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    const scope = globalThis as unknown as WorkerScope;
    const show = scope.registration.showNotification.bind(scope.registration);
    scope.shown = [];
    scope.registration.showNotification = async (title, options = {}) => {
      const { body = "", tag = "" } = options;
      scope.shown.push({ title, body, tag, data: options.data as unknown });
      await show(title, options);
    };
  });
}

const shownBy = async (worker: Worker) =>
  worker.evaluate(() =>
    (globalThis as unknown as WorkerScope).shown.map(({ title, body, tag }) => ({ title, body, tag })),
  );

async function click(worker: Worker, tag: string): Promise<void> {
  await worker.evaluate((wanted) => {
    const scope = globalThis as unknown as WorkerScope;
    const { data } = scope.shown.findLast((each) => each.tag === wanted) ?? {};
    const notification = { data, close: () => undefined };
    scope.dispatchEvent(Object.assign(new scope.ExtendableEvent("notificationclick"), { notification }));
  }, tag);
}

test("14.2: a device is subscribed, listed, tested, renewed and removed in the settings", async ({
  page,
  context,
  pushing,
}) => {
  await context.grantPermissions(["notifications"], { origin: pushing.url });
  const endpoint = await standInForPushService(page);
  await signIn(page, pushing);
  await page.goto(`${pushing.url}/settings`);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  const section = page.getByRole("region", { name: "Notifications", exact: true });
  const choice = section.getByRole("checkbox", { name: "When a session needs you" });
  await expect(section.getByText("They come even when Trunkline is closed")).toBeVisible();
  await choice.click();
  await expect(choice).toBeChecked();
  await expect(section.getByText("this browser")).toBeVisible();
  await expect(section.getByText("not reached yet")).toBeVisible();
  const [device] = (await pushing.client.push.list.query()).items;
  expect(device?.device).toBe("Chrome on Linux");

  const told = await watchFor(page, /The test wasn't delivered/);
  await section.getByRole("button", { name: "Send a test" }).click();
  await expect(section.getByText("The push service can't be reached")).toBeVisible();
  await told.seen;
  await pushing.client.push.subscribe.mutate({
    endpoint: `https://${NOWHERE}/phone`,
    keys: {
      p256dh: createECDH("prime256v1").generateKeys("base64url"),
      auth: randomBytes(16).toString("base64url"),
    },
    device: "Safari on iPhone",
  });
  await page.reload();
  await expect(section.getByText("Safari on iPhone")).toBeVisible();
  await section.scrollIntoViewIfNeeded();
  const shots = process.env["SHOTS"];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1_200, 320]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      expect(await accessibilityViolations(page)).toEqual([]);
      if (shots !== undefined) {
        await section.screenshot({ path: `${shots}/push-${colorScheme}-${width}.png` });
      }
    }
  }
  await page.setViewportSize({ width: 1_200, height: 800 });
  await section.getByRole("button", { name: "Remove Safari on iPhone" }).click();
  await expect(section.getByText("Safari on iPhone")).toBeHidden();

  // Removed elsewhere: the page that is opened next does not bring it back.
  const [here] = (await pushing.client.push.list.query()).items;
  await pushing.client.push.unsubscribe.mutate({ subscriptionId: here?.id ?? "" });
  await page.reload();
  await expect(choice).not.toBeChecked();
  expect((await pushing.client.push.list.query()).items).toEqual([]);
  await choice.click();
  await expect(section.getByText("this browser")).toBeVisible();
  await choice.click();
  await expect(section.getByText("this browser")).toBeHidden();
  await expect.poll(async () => (await pushing.client.push.list.query()).items).toEqual([]);
  expect(endpoint).toContain(NOWHERE);
});

test("14.2: what is pushed is shown, unless its session is on the screen, and a click leads there", async ({
  page,
  context,
  pushing,
}) => {
  await context.grantPermissions(["notifications"], { origin: pushing.url });
  await signIn(page, pushing);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await watchNotifications(worker);
  const deliveries = await Deliveries.to(page, pushing.url);
  const [seen, unseen] = [
    await pushing.client.session.create.mutate({ title: "On the screen" }),
    await pushing.client.session.create.mutate({ title: "Elsewhere" }),
  ];
  // Reached within the page, which not every browser tells its worker.
  await page.getByRole("link", { name: /On the screen/ }).click();
  await page.waitForURL(`${pushing.url}/s/${seen.id}`);
  // It is asked for its path, and is busy for a while just then.
  await page.evaluate(() => {
    setTimeout(() => {
      const until = performance.now() + 1_500;
      while (performance.now() < until) continue;
    });
  });
  await deliveries.deliver({ kind: "completed", sessionId: seen.id, title: seen.title });
  await deliveries.deliver({ kind: "approval", sessionId: unseen.id, title: unseen.title });
  const asked = { title: "Elsewhere", body: "Needs your approval", tag: unseen.id };
  await expect.poll(() => shownBy(worker)).toEqual([asked]);
  for (const [pushed, shown] of [
    [
      { kind: "completed", sessionId: unseen.id, title: unseen.title },
      { ...asked, body: "Finished" },
    ],
    [
      { kind: "of a later version", sessionId: unseen.id, title: "" },
      { ...asked, title: "Trunkline", body: "Has news" },
    ],
    ["nonsense", { title: "Trunkline", body: "Has news", tag: "test" }],
  ] as const) {
    await deliveries.deliver(pushed);
    await expect.poll(async () => (await shownBy(worker)).at(-1)).toEqual(shown);
  }

  await click(worker, unseen.id);
  await page.waitForURL(`${pushing.url}/s/${unseen.id}`);
  // Now it is before somebody's eyes, and the other is not.
  await deliveries.deliver({ kind: "failed", sessionId: unseen.id, title: unseen.title });
  await deliveries.deliver({ kind: "failed", sessionId: seen.id, title: seen.title });
  await expect
    .poll(async () => (await shownBy(worker)).slice(4))
    .toEqual([{ title: "On the screen", body: "Failed", tag: seen.id }]);

  // The tab that shows it already is the one that is brought to the front.
  const second = await context.newPage();
  await second.goto(`${pushing.url}/s/${seen.id}`);
  await expect(second.getByRole("banner").getByText("On the screen")).toBeVisible();
  await click(worker, seen.id);
  await expect.poll(() => second.evaluate(() => document.hasFocus())).toBe(true);
  expect(new URL(page.url()).pathname).toBe(`/s/${unseen.id}`);
});

test("14.2: without a push service notifications come while a page is open, and the settings say so", async ({
  page,
  context,
  pushing,
}) => {
  await context.grantPermissions(["notifications"], { origin: pushing.url });
  await page.addInitScript(() => {
    PushManager.prototype.subscribe = async () =>
      Promise.reject(new DOMException("Registration failed - push service not available", "AbortError"));
  });
  await signIn(page, pushing);
  await page.goto(`${pushing.url}/settings`);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  const section = page.getByRole("region", { name: "Notifications", exact: true });
  await section.getByRole("checkbox", { name: "When a session needs you" }).click();
  await expect(
    section.getByText(/Only while Trunkline is open .*push service can't be reached/),
  ).toBeVisible();
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await watchNotifications(worker);
  await section.getByRole("button", { name: "Send a test" }).click();
  await expect.poll(() => shownBy(worker)).toMatchObject([{ tag: "test" }]);
});
