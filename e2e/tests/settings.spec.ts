import type { Worker } from "@playwright/test";
import { followTask } from "@trunkline/client";
import { accessibilityViolations } from "../accessibility.ts";
import { WHOLE_BROWSER } from "../chromium.ts";
import { expect, send, signIn, test } from "../fixtures.ts";

test.use({ launchOptions: WHOLE_BROWSER });

test("14.1: usage, budgets and MCP servers are seen and changed in the settings", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: counted");
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  await expect(page.getByRole("banner").getByText(/^1 model call: /)).toBeAttached();
  await page.getByRole("link", { name: "Settings" }).click();

  const usage = page.getByRole("region", { name: "Usage" });
  await usage.getByRole("combobox", { name: "Group usage" }).selectOption("session");
  await expect(
    usage
      .getByRole("row", { name: /counted/ })
      .getByRole("cell")
      .first(),
  ).toHaveText("1");

  const budgets = page.getByRole("region", { name: "Budgets" });
  await expect(budgets.getByText("no limit").first()).toBeVisible();
  await budgets.getByRole("button", { name: "Change limits" }).click();
  await budgets.getByRole("textbox", { name: "Tokens per month" }).fill("1.5");
  await expect(budgets.getByRole("button", { name: "Save limits" })).toBeDisabled();
  await budgets.getByRole("textbox", { name: "Tokens per month" }).fill("5000000");
  await budgets.getByRole("button", { name: "Save limits" }).click();
  await expect(budgets.getByText("of 5.0M")).toBeVisible();
  expect((await server.client.budget.get.query({ scope: "user" })).month).toEqual({ tokens: 5_000_000 });

  const servers = page.getByRole("region", { name: "MCP servers" });
  await servers.getByRole("button", { name: "Add server" }).click();
  const form = servers.getByRole("form", { name: "MCP server" });
  await form.getByRole("textbox", { name: "Name" }).fill("Notes!");
  await form.getByRole("combobox", { name: "Connection" }).selectOption("stdio");
  await form.getByRole("textbox", { name: "Command" }).fill('node server.js "two words"');
  await form.getByRole("textbox", { name: "Environment variables" }).fill("KEY=secret-value-1");
  await form.getByRole("button", { name: "Add server" }).click();
  await expect(form.getByRole("alert")).toContainText("lower-case");
  await form.getByRole("textbox", { name: "Name" }).fill("notes");
  await form.getByRole("button", { name: "Add server" }).click();
  await expect(servers.getByText("Connects when needed")).toBeVisible();
  await expect(servers.getByText("node server.js two words")).toBeVisible();
  await servers.getByRole("button", { name: "Edit notes" }).click();
  await expect(form.getByRole("textbox", { name: "Environment variables" })).toHaveValue("KEY");
  await expect(page.getByRole("region", { name: "Retention" })).toContainText("Sessions stay until");
  expect(await accessibilityViolations(page)).toEqual([]);
  const shots = process.env["SHOTS"];
  if (shots !== undefined) await page.screenshot({ path: `${shots}/settings.png`, fullPage: true });
  await form.getByRole("button", { name: "Save server" }).click();
  await expect(form).toBeHidden();
  await servers.getByRole("button", { name: "Turn off notes" }).click();
  await expect(servers.getByText("Off", { exact: true })).toBeVisible();
  await servers.getByRole("button", { name: "Remove notes" }).click();
  await page.getByRole("button", { name: "Remove server" }).click();
  await expect(servers.getByText("No MCP servers.")).toBeVisible();
});

/** What the page's worker showed, as `title: body`: a browser without a screen forgets its notifications when it likes. */
const shownBy = async (worker: Worker): Promise<string[]> =>
  worker.evaluate(() =>
    (globalThis as unknown as WorkerScope).shown.map(({ title, body }) => `${title}: ${body}`).toSorted(),
  );

/** Keeps what the worker is asked for, and what it shows, from here on; it is shown as well. */
async function watchNotifications(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    const scope = globalThis as unknown as WorkerScope;
    const show = scope.registration.showNotification.bind(scope.registration);
    scope.shown = [];
    scope.asked = [];
    scope.addEventListener("message", (event) => {
      const { notice } = (event as MessageEvent<{ notice?: { title: string } }>).data;
      if (notice !== undefined) scope.asked.push(notice.title);
    });
    scope.registration.showNotification = async (title, options = {}) => {
      scope.shown.push({ title, body: options.body ?? "", data: options.data as unknown });
      await show(title, options);
    };
  });
}

test("14.1: notifications are turned on here, tested, shown while no page is visible, and lead to their session", async ({
  page,
  context,
  server,
}) => {
  await context.grantPermissions(["notifications"], { origin: server.url });
  // Its push service is on the internet; push.spec.ts has one.
  await page.addInitScript(() => {
    PushManager.prototype.subscribe = async () => Promise.reject(new DOMException("", "AbortError"));
  });
  await signIn(page, server);
  await page.getByRole("link", { name: "Settings" }).click();
  const section = page.getByRole("region", { name: "Notifications" });
  const choice = section.getByRole("checkbox", { name: "When a session needs you" });
  await choice.click();
  await expect(choice).toBeChecked();
  await page.evaluate(async () => navigator.serviceWorker.ready);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await watchNotifications(worker);
  await section.getByRole("button", { name: "Send a test" }).click();
  const sent = "Trunkline: Notifications work on this device";
  await expect.poll(() => shownBy(worker)).toEqual([sent]);

  // A browser under test is always visible: what the page looked at meanwhile is no news to anybody.
  const run = async (title: string) => {
    const { id: sessionId } = await server.client.session.create.mutate({ title });
    const task = await server.client.task.submit.mutate({ sessionId, prompt: "reply: a secret answer" });
    for await (const { type } of followTask(server.client, task)) if (type === "task.completed") break;
    return sessionId;
  };
  await run("Looked at");
  const rail = page.getByRole("complementary", { name: "Sessions" });
  await expect(rail.getByRole("link", { name: /Looked at.*a secret answer/s })).toBeVisible();
  const askedOf = async () => worker.evaluate(() => (globalThis as unknown as WorkerScope).asked);
  await expect.poll(askedOf).toContain("Looked at");
  // So that the worker finds what it would find with all tabs hidden.
  await worker.evaluate(() => {
    const { clients } = globalThis as unknown as { clients: Clients };
    const find = clients.matchAll.bind(clients);
    clients.matchAll = async (options) =>
      (await find(options)).map((client) => ({
        visibilityState: "hidden",
        postMessage: (message: unknown) => client.postMessage(message),
        focus: async () => client,
      }));
  });
  const sessionId = await run("Not looked at");
  await expect.poll(() => shownBy(worker)).toEqual(["Not looked at: Finished", sent]);

  const isClosed = await worker.evaluate(async () => {
    const scope = globalThis as unknown as WorkerScope;
    const notification = {
      data: scope.shown.find(({ title }) => title === "Not looked at")?.data,
      isClosed: false,
      close() {
        this.isClosed = true;
      },
    };
    scope.dispatchEvent(Object.assign(new scope.ExtendableEvent("notificationclick"), { notification }));
    return notification.isClosed;
  });
  expect(isClosed).toBe(true);
  await page.waitForURL(`${server.url}/s/${sessionId}`);
  await page.goto(`${server.url}/settings`);
  await choice.click();
  await expect(section.getByRole("button", { name: "Send a test" })).toHaveCount(0);
});

/** What is used of a service worker's global scope: no types of workers are installed. */
interface Client {
  visibilityState: string;
  postMessage(message: unknown): void;
  focus(): Promise<unknown>;
}
interface Clients {
  matchAll(options: unknown): Promise<Client[]>;
}
interface WorkerScope extends EventTarget {
  registration: ServiceWorkerRegistration;
  ExtendableEvent: new (type: string) => Event;
  shown: { title: string; body: string; data: unknown }[];
  /** Titles. */
  asked: string[];
}
