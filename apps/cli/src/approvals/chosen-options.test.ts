import { describe, expect, it } from "vitest";
import { describeAnswer, readAnswer } from "./chosen-options.ts";

const options = [
  { id: "pg", label: "Postgres" },
  { id: "lite", label: "SQLite" },
];

describe("A4: what is typed at a question", () => {
  it.each([
    ["1", false, { options: ["pg"] }],
    ["sqlite", false, { options: ["lite"] }],
    ["1, 2", true, { options: ["pg", "lite"] }],
    ["2 2", true, { options: ["lite"] }],
    ["1 2", false, { text: "1 2" }],
    ["3", false, { text: "3" }],
    ["0", true, { text: "0" }],
    ["1 of them", true, { text: "1 of them" }],
    ["MySQL, if you must", false, { text: "MySQL, if you must" }],
  ])("%j (several: %s): %j", (typed, multiple, answer) => {
    expect(readAnswer(typed, { options, multiple })).toEqual(answer);
  });

  it("is words where nothing is offered, numbers too", () => {
    expect(readAnswer("1", { options: [], multiple: false })).toEqual({ text: "1" });
  });

  it("is told by labels", () => {
    expect(describeAnswer({ options: ["lite", "gone"], text: "for tests" }, options)).toBe(
      "SQLite, gone, for tests",
    );
  });
});
