import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/**
 * @typedef {{ file: string, name: string, error: string }} Failure `error` is its first line
 *
 * What is read of the report that vitest's `json` reporter writes.
 * @typedef {{
 *   testResults: {
 *     name: string,
 *     status: string,
 *     message: string,
 *     assertionResults: {
 *       status: string,
 *       ancestorTitles: string[],
 *       title: string,
 *       failureMessages: string[],
 *     }[],
 *   }[],
 * }} VitestFailures
 *
 * What is read of the report that Playwright's `json` reporter writes.
 * @typedef {{
 *   title: string,
 *   specs: { title: string, file: string, tests: PlaywrightTest[] }[],
 *   suites?: PlaywrightSuite[],
 * }} PlaywrightSuite
 * @typedef {{ status: string, results: { errors: { message?: string }[] }[] }} PlaywrightTest
 * @typedef {{ suites: PlaywrightSuite[], errors: { message?: string }[] }} PlaywrightFailures
 */

const MAX_LISTED = 20;
const MAX_LINE_LENGTH = 300;

/**
 * @param {VitestFailures} report
 * @param {string} root which files are named from
 * @returns {Failure[]}
 */
export function listVitestFailures(report, root) {
  return report.testResults.flatMap((result) => {
    const file = relative(root, result.name);
    const failed = result.assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && result.status === "failed") {
      return [{ file, name: "", error: firstLine(result.message) }];
    }
    return failed.map((test) => ({
      file,
      // The outermost suite is the file, and has no name.
      name: [...test.ancestorTitles, test.title].filter((title) => title !== "").join(" › "),
      error: firstLine(test.failureMessages[0]),
    }));
  });
}

/**
 * @param {PlaywrightFailures} report
 * @returns {Failure[]}
 */
export function listPlaywrightFailures({ suites, errors }) {
  return [
    ...errors.map((error) => ({ file: "playwright", name: "", error: firstLine(error.message) })),
    ...suites.flatMap((suite) => failuresOfSuite(suite, [])),
  ];
}

/**
 * @param {PlaywrightSuite} suite
 * @param {string[]} titles of the suites around it, without the file's
 * @returns {Failure[]}
 */
function failuresOfSuite({ specs, suites = [] }, titles) {
  return [
    ...specs.flatMap(({ file, title, tests }) =>
      tests
        .filter(({ status }) => status === "unexpected" || status === "flaky")
        .map(({ status, results }) => ({
          file,
          name: [...titles, title].join(" › ") + (status === "flaky" ? " (passed when repeated)" : ""),
          error: firstLine(results.flatMap((result) => result.errors)[0]?.message),
        })),
    ),
    ...suites.flatMap((suite) => failuresOfSuite(suite, [...titles, suite.title])),
  ];
}

/**
 * For the end of the output, which is what is left where a log is cut.
 *
 * @param {readonly Failure[]} failures
 * @returns {string} two lines for each of the first 20; empty where there are none
 */
export function formatFailures(failures) {
  if (failures.length === 0) return "";
  const lines = failures.slice(0, MAX_LISTED).flatMap(({ file, name, error }) => {
    return [`  ${cut(name === "" ? file : `${file} › ${name}`)}`, `    ${error}`];
  });
  const left = failures.length - MAX_LISTED;
  return ["Failed:", ...lines, ...(left > 0 ? [`  and ${left} more`] : [])].join("\n") + "\n";
}

/** @param {string | undefined} message */
function firstLine(message) {
  const lines = stripVTControlCharacters(message ?? "").split("\n");
  return cut(lines.find((line) => line.trim() !== "")?.trim() ?? "no message");
}

/** @param {string} line */
function cut(line) {
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH - 1)}…` : line;
}
