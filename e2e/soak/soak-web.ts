import { setTimeout as delay } from "node:timers/promises";
import { chromium, type Page } from "@playwright/test";
import type { TrunklineClient } from "@trunkline/client";
import { FakeProviderProcess, ServerFixture, ToxicProxy } from "@trunkline/testkit";
import { signedInPage } from "../bars/signed-in-page.ts";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";
import { keepBusy, untilReached } from "./busy-session.ts";
import { compareWithLog } from "./compare-with-log.ts";
import { growth, medianOf, type PageFigures, readPageFigures } from "./page-figures.ts";

export interface WebSoakReport {
  tasks: number;
  visits: number;
  /** Answers on the page that were compared with the log. */
  compared: number;
  offline: number;
  kills: number;
  start: PageFigures;
  end: PageFigures;
  problems: string[];
}

/** How long a session is looked at while it streams, in ms. */
const STAY_MS = 4_000;
/** At most, and for short runs this share of all the time. */
const OFFLINE_MS = 30_000;
const OFFLINE_SHARE = 0.08;
const MAX_PROBLEMS = 20;
/** Visits that fill caches; of what comes after, the first and the last third are compared. */
const WARM_UP_VISITS = 6;

/** One page moves between sessions that stream, and loses the network twice and the server once. */
export async function soakWeb(options: {
  durationMs: number;
  sessions: number;
  onVisit: (share: number, figures: PageFigures) => void;
}): Promise<WebSoakReport> {
  const { durationMs, sessions, onVisit } = options;
  await using provider = await FakeProviderProcess.start();
  await using server = await ServerFixture.start({
    web: "on",
    env: { ...provider.serverEnv, TRUNKLINE_CONCURRENCY: String(sessions) },
  });
  await using proxy = await ToxicProxy.start({ target: server.url });
  await using browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
  const { client } = server;
  const report = { tasks: 0, visits: 0, compared: 0, offline: 0, kills: 0, problems: [] as string[] };
  const note = (...problems: readonly string[]): void => {
    report.problems.push(...problems.slice(0, MAX_PROBLEMS - report.problems.length));
  };

  const ids = await Promise.all(Array.from({ length: sessions }, async () => newSession(client)));
  const over = new AbortController();
  const loads = Promise.all(
    ids.map(async (id) =>
      keepBusy(client, id, over.signal, (problem) => {
        report.tasks += 1;
        if (problem !== null) note(problem);
      }),
    ),
  );

  const page = await signedInPage(browser, proxy.url, server.token);
  page.on("pageerror", ({ message }) => note(`the page threw: ${message}`));
  await page.goto(`${proxy.url}/s/${ids[0]}`);
  const devtools = await page.context().newCDPSession(page);
  const startedAt = performance.now();
  const share = (): number => (performance.now() - startedAt) / durationMs;

  const offline = async (): Promise<void> => {
    await proxy.refuse();
    proxy.cutAll();
    await delay(Math.min(OFFLINE_MS, durationMs * OFFLINE_SHARE));
    await proxy.accept();
    report.offline += 1;
  };
  const restart = async (): Promise<void> => {
    await server.kill();
    await server.restart();
    report.kills += 1;
  };
  const faults = [
    { at: 0.3, happen: offline },
    { at: 0.5, happen: restart },
    { at: 0.7, happen: offline },
  ];

  const samples: PageFigures[] = [];
  for (let visit = 0; share() < 1 || faults.length > 0; visit++) {
    const sessionId = ids[visit % ids.length] ?? "";
    await goTo(page, sessionId);
    const [fault] = faults;
    if (fault !== undefined && share() >= fault.at) {
      faults.shift();
      // In the middle of what streams in.
      await delay(STAY_MS / 2);
      await fault.happen();
    }
    await delay(STAY_MS);
    const { compared, problems } = await untilReached(() => compareWithLog(page, client, sessionId));
    report.visits += 1;
    report.compared += compared;
    note(...problems.map((problem) => `session ${sessionId}: ${problem}`));
    const figures = await readPageFigures(devtools);
    if (visit >= WARM_UP_VISITS) samples.push(figures);
    onVisit(share(), figures);
  }
  over.abort();
  await loads;
  // And once more, everything at rest.
  for (const sessionId of ids) {
    await goTo(page, sessionId);
    const { compared, problems } = await compareWithLog(page, client, sessionId);
    report.compared += compared;
    note(...problems.map((problem) => `session ${sessionId}, at the end: ${problem}`));
  }

  const third = Math.ceil(samples.length / 3);
  const start = medianOf(samples.slice(0, third));
  const end = medianOf(samples.slice(-third));
  note(...growth(start, end));
  return { ...report, start, end };
}

async function newSession(client: TrunklineClient): Promise<string> {
  const { sessionId } = await client.task.submit.mutate({ prompt: "tokens: 5 @ 10/s" });
  return sessionId;
}

/** As a user does: by the list of sessions. */
async function goTo(page: Page, sessionId: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Sessions" })
    .locator(`a[href$="/s/${sessionId}"]`)
    .first()
    .click();
  await page.waitForURL((url) => url.pathname.endsWith(`/s/${sessionId}`));
  await page.getByRole("log", { name: "Transcript" }).waitFor();
}
