/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 *
 * What is read of the report that vitest's `json` reporter writes.
 * @typedef {{
 *   success: boolean,
 *   numPassedTests: number,
 *   numFailedTests: number,
 *   numPendingTests: number,
 *   numTodoTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[],
 * }} VitestReport
 *
 * What is read of the report that Playwright's `json` reporter writes.
 * @typedef {{
 *   errors: unknown[],
 *   stats: { expected: number, unexpected: number, flaky: number, skipped: number },
 * }} PlaywrightReport
 */

/**
 * A file that could not be loaded has no tests that could fail: it counts as one. So does an error outside any test.
 *
 * @param {VitestReport} report
 * @returns {Count}
 */
export function countVitest(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * A test that passes only when it is repeated does not pass.
 *
 * @param {PlaywrightReport} report
 * @returns {Count}
 */
export function countPlaywright({ stats, errors }) {
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/**
 * What a test runner is believed: its report, but a bad exit without a failed test, no report, and a run of nothing
 * are failures too.
 *
 * @param {{ ok: boolean, count: Count | undefined }} run
 * @returns {{ count: Count, complaint: string | undefined }}
 */
export function judgeRun({ ok, count }) {
  if (count === undefined) {
    return { count: { passed: 0, failed: 1, skipped: 0 }, complaint: "it wrote no report" };
  }
  if (count.passed + count.failed === 0) {
    return { count: { ...count, failed: 1 }, complaint: "it ran no tests" };
  }
  if (!ok && count.failed === 0) {
    return { count: { ...count, failed: 1 }, complaint: "it ended with an error" };
  }
  return { count, complaint: undefined };
}

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export function addUp(counts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  return total;
}

/**
 * The line that CI reads.
 *
 * @param {Count} count
 */
export function formatCount({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
