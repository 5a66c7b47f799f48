/*
 * `npm test`: all checks and tests, from a bare clone. Every stage runs, even after failures; the last line is the
 * total.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BootstrapError, bootstrap, root } from "./bootstrap.mjs";
import { formatFailures, listPlaywrightFailures, listVitestFailures } from "./failures.mjs";
import { addUp, countPlaywright, countVitest, formatCount, judgeRun } from "./report.mjs";
import { runChild } from "./run-child.mjs";
import { step } from "./step.mjs";

/**
 * @import { Failure, PlaywrightFailures, VitestFailures } from "./failures.mjs"
 * @import { Count, PlaywrightReport, VitestReport } from "./report.mjs"
 * @typedef {{ title: string, count: Count, failures: Failure[] }} Stage
 */

/** A run that says nothing for so long hangs: files of tests end every few seconds, the longest takes minutes. */
const SILENCE_MS = 30 * 60_000;

const reports = mkdtempSync(join(tmpdir(), "trunkline-reports-"));
process.once("exit", () => rmSync(reports, { recursive: true, force: true }));

try {
  const stages = await runStages(await bootstrap());
  printSummary(stages);
  process.exitCode = addUp(stages.map((stage) => stage.count)).failed === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.stdout.write(`${formatCount({ passed: 0, failed: 1, skipped: 0 })}\n`);
  process.exitCode = 1;
}

/**
 * @param {NodeJS.ProcessEnv} toolEnv
 * @returns {Promise<Stage[]>}
 */
async function runStages(toolEnv) {
  const env = { ...toolEnv, TURBO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1" };
  const bin = join(root, "node_modules", ".bin");
  // Arrows and dead code take one core: the others go on beside them.
  const checked = await Promise.all([
    checks({ types: "check:types", lint: "check:lint", format: "check:format" }, env),
    checks({ arrows: "check:arrows", "dead code": "check:dead" }, env),
  ]);
  return [
    ...checked.flat(),
    await vitest(join(bin, "vitest"), env),
    await check("web build", join(bin, "turbo"), ["run", "build", "--filter=@trunkline/web"], { env }),
    await playwright(join(root, "e2e", "node_modules", ".bin", "playwright"), env),
  ];
}

/**
 * One script of the workspace after the other, beside others.
 *
 * @param {Record<string, string>} scripts by title
 * @param {NodeJS.ProcessEnv} env
 */
async function checks(scripts, env) {
  /** @type {Stage[]} */
  const stages = [];
  for (const [title, script] of Object.entries(scripts)) {
    stages.push(await check(title, "pnpm", ["--silent", script], { env, isAlone: false }));
  }
  return stages;
}

/**
 * A command that either passes or fails.
 *
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {{ env: NodeJS.ProcessEnv, isAlone?: boolean }} options
 * @returns {Promise<Stage>}
 */
async function check(title, command, args, options) {
  const { ok } = await step(`Checking ${title}`, command, args, { cwd: root, ...options });
  return { title, count: { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }, failures: [] };
}

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 */
function vitest(command, env) {
  const report = join(reports, "vitest.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return runner("vitest", command, args, root, env, () => {
    const written = /** @type {VitestReport & VitestFailures} */ (JSON.parse(readFileSync(report, "utf8")));
    return { count: countVitest(written), failures: listVitestFailures(written, root) };
  });
}

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 */
function playwright(command, env) {
  const report = join(reports, "playwright.json");
  const reportingEnv = { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  return runner(
    "playwright",
    command,
    ["test", "--reporter=list,json"],
    join(root, "e2e"),
    reportingEnv,
    () => {
      const text = readFileSync(report, "utf8");
      const written = /** @type {PlaywrightReport & PlaywrightFailures} */ (JSON.parse(text));
      return { count: countPlaywright(written), failures: listPlaywrightFailures(written) };
    },
  );
}

/**
 * A test runner: its output is shown live, its report counts.
 *
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @param {() => { count: Count, failures: Failure[] }} readReport throws if there is none
 * @returns {Promise<Stage>}
 */
async function runner(title, command, args, cwd, env, readReport) {
  process.stderr.write(`\nRunning ${title}\n`);
  const { ok } = await runChild(command, args, {
    cwd,
    env: { ...env, ...(process.stderr.isTTY && { FORCE_COLOR: "1" }) },
    output: "show",
    silenceMs: SILENCE_MS,
  });
  /** @type {{ count: Count, failures: Failure[] } | undefined} */
  let reported;
  try {
    reported = readReport();
  } catch (error) {
    process.stderr.write(`${title}: ${String(error)}\n`);
  }
  const { count, complaint } = judgeRun({ ok, count: reported?.count });
  if (complaint !== undefined) process.stderr.write(`${title} has failed: ${complaint}\n`);
  return { title, count, failures: reported?.failures ?? [] };
}

/** @param {readonly Stage[]} stages */
function printSummary(stages) {
  const width = Math.max(...stages.map((stage) => stage.title.length));
  process.stdout.write(`\n${formatFailures(stages.flatMap((stage) => stage.failures))}\n`);
  for (const { title, count } of stages) {
    process.stdout.write(
      `${count.failed === 0 ? "ok  " : "FAIL"}  ${title.padEnd(width)}  ${formatCount(count)}\n`,
    );
  }
  process.stdout.write(`\n${formatCount(addUp(stages.map((stage) => stage.count)))}\n`);
}
