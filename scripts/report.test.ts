import { expect, test } from "vitest";
import { addUp, countPlaywright, countVitest, formatCount, judgeRun } from "./report.mjs";

const vitestReport = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
};

test("vitest: passed, failed, and what did not run", () => {
  expect(countVitest(vitestReport)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  const withFailures = {
    ...vitestReport,
    success: false,
    numFailedTests: 2,
    testResults: [{ status: "failed", assertionResults: [{ status: "failed" }, { status: "failed" }] }],
  };
  expect(countVitest(withFailures)).toEqual({ passed: 3, failed: 2, skipped: 2 });
});

test("vitest: a file that cannot be loaded is a failure, although it has no test", () => {
  const testResults = [
    { status: "failed", assertionResults: [] },
    { status: "failed", assertionResults: [{ status: "passed" }] },
  ];
  expect(countVitest({ ...vitestReport, success: false, testResults }).failed).toBe(2);
});

test("vitest: an error outside any test is a failure", () => {
  expect(countVitest({ ...vitestReport, success: false }).failed).toBe(1);
});

test("playwright: flaky tests and errors outside any test are failures", () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 5, failed: 3, skipped: 2 });
});

test("a runner that says nothing, ran nothing or ended badly has failed", () => {
  const passed = { passed: 2, failed: 0, skipped: 0 };
  expect(judgeRun({ ok: true, count: passed })).toEqual({ count: passed, complaint: undefined });
  expect(judgeRun({ ok: true, count: undefined }).count.failed).toBe(1);
  expect(judgeRun({ ok: true, count: { passed: 0, failed: 0, skipped: 4 } }).count.failed).toBe(1);
  expect(judgeRun({ ok: false, count: passed }).count).toEqual({ passed: 2, failed: 1, skipped: 0 });
  const failed = { passed: 2, failed: 3, skipped: 0 };
  expect(judgeRun({ ok: false, count: failed })).toEqual({ count: failed, complaint: undefined });
});

test("the total is one line, which names skipped tests only where there are some", () => {
  const total = addUp([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 40, failed: 2, skipped: 0 },
  ]);
  expect(formatCount(total)).toBe("41 passed, 2 failed");
  expect(formatCount(addUp([total, { passed: 0, failed: 0, skipped: 3 }]))).toBe(
    "41 passed, 2 failed, 3 skipped",
  );
  expect(formatCount(addUp([]))).toBe("0 passed, 0 failed");
});
