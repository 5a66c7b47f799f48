/** Renders the icons of the installed app from the one in `apps/web/public/icon.svg`. Run it after a change of that. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";

const PUBLIC = resolve(import.meta.dirname, "../../apps/web/public");
const SVG = readFileSync(join(PUBLIC, "icon.svg"), "utf8");
/** The corners are the system's: it cuts its own shape out of the middle 80 % (W3C, Maskable Icons), or rounds them. */
const SQUARE = SVG.replace(' rx="3.5"', "");
const MASKABLE = SQUARE.replace('viewBox="0 0 16 16"', 'viewBox="-3 -3 22 22"').replace(
  '<rect width="16" height="16"',
  '<rect x="-3" y="-3" width="22" height="22"',
);

await using browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
await using page = await browser.newPage();
for (const { path, size, svg } of [
  { path: "icons/192.png", size: 192, svg: SVG },
  { path: "icons/512.png", size: 512, svg: SVG },
  { path: "icons/512-maskable.png", size: 512, svg: MASKABLE },
  { path: "icons/180.png", size: 180, svg: SQUARE },
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
  await page.screenshot({ path: join(PUBLIC, path), omitBackground: true });
}
