import { expect, test } from "vitest";
import { formatFailures, listPlaywrightFailures, listVitestFailures } from "./failures.mjs";

const passed = { status: "passed", ancestorTitles: [""], title: "fine", failureMessages: [] };

test("vitest: file, names of suites and test, and the first line of the error", () => {
  const failed = {
    status: "failed",
    ancestorTitles: ["", "audit"],
    title: "finding 3",
    failureMessages: [
      "\u001B[31mError: timed out in 60000ms.\u001B[39m\nIf this is long-running\n    at x.ts:1",
    ],
  };
  const result = {
    name: "/r/apps/a.test.ts",
    status: "failed",
    message: "",
    assertionResults: [passed, failed],
  };
  expect(listVitestFailures({ testResults: [result] }, "/r")).toEqual([
    { file: "apps/a.test.ts", name: "audit › finding 3", error: "Error: timed out in 60000ms." },
  ]);
});

test("vitest: a file that cannot be loaded, or whose hook failed, is named with its own error", () => {
  const result = {
    name: "/r/a.test.ts",
    status: "failed",
    message: "\nNo such module\n",
    assertionResults: [passed],
  };
  expect(listVitestFailures({ testResults: [result] }, "/r")).toEqual([
    { file: "a.test.ts", name: "", error: "No such module" },
  ]);
});

test("playwright: failed and flaky tests in suites of suites, and errors outside any test", () => {
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: "queue.spec.ts",
    tests: [{ status, results: [{ errors: message === undefined ? [] : [{ message }] }, { errors: [] }] }],
  });
  const suites = [
    {
      title: "queue.spec.ts",
      specs: [spec("fine", "expected"), spec("late", "unexpected", "Error: toBeVisible\n at")],
      suites: [{ title: "on a phone", specs: [spec("shaky", "flaky", "Error: once")] }],
    },
  ];
  expect(listPlaywrightFailures({ suites, errors: [{ message: "No web build" }] })).toEqual([
    { file: "playwright", name: "", error: "No web build" },
    { file: "queue.spec.ts", name: "late", error: "Error: toBeVisible" },
    { file: "queue.spec.ts", name: "on a phone › shaky (passed when repeated)", error: "Error: once" },
  ]);
});

test("the list is short, whatever failed", () => {
  expect(formatFailures([])).toBe("");
  expect(formatFailures([{ file: "a.test.ts", name: "", error: "Broken" }])).toBe(
    "Failed:\n  a.test.ts\n    Broken\n",
  );
  const many = Array.from({ length: 23 }, (_, i) => ({ file: "a.test.ts", name: `test ${i}`, error: "e" }));
  const lines = formatFailures(many).split("\n");
  expect(lines).toHaveLength(1 + 2 * 20 + 1 + 1);
  expect(lines[1]).toBe("  a.test.ts › test 0");
  expect(lines.at(-2)).toBe("  and 3 more");
  const [long] = listVitestFailures(
    { testResults: [{ name: "/r/a", status: "failed", message: "x".repeat(10_000), assertionResults: [] }] },
    "/r",
  );
  expect(long?.error).toHaveLength(300);
});
