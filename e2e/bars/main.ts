/**
 * Measures the UI's bars: production build, a server on loopback, one browser. `MISSED` is a finding; the exit code is
 * 1 only if something could not be measured. On a busy machine, take times with care.
 */
import { loadavg } from "node:os";
import { chromium } from "@playwright/test";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";
import { measureAccessibility } from "./accessibility.ts";
import { type Bar, formatBars } from "./bar.ts";
import { measureFirstLoad } from "./first-load.ts";
import { measureLargeContents } from "./large-contents.ts";
import { measureLighthouse } from "./lighthouse.ts";
import { makeLongSession } from "./long-session.ts";
import { measureOffline } from "./offline.ts";
import { measureOpening } from "./opening.ts";
import { measureStreaming } from "./streaming.ts";

const EVENTS = 10_000;

await using provider = await FakeProvider.start();
await using server = await ServerFixture.start({ web: "on", env: provider.serverEnv });
await using browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
const sessionId = await makeLongSession(server, EVENTS);
const bars: Bar[] = [];
for (const measure of [
  measureAccessibility,
  measureLighthouse,
  measureFirstLoad,
  measureOpening,
  measureStreaming,
  measureOffline,
  measureLargeContents,
]) {
  bars.push(...(await measure(browser, server, sessionId)));
}
process.stdout.write(
  `${formatBars(bars)}\n\nLoad of the machine in the last minute: ${loadavg()[0]?.toFixed(1)}\n`,
);
