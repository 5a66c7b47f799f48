import { expect, it } from "vitest";
import { readListedPlan, readPlanFile } from "./plan.ts";

it("reads items by their mark, else by their heading", () => {
  const file = [
    "# Todos",
    "- no plan's",
    "## In Progress",
    "→ build  ",
    "## Pending",
    "☐ test",
    "- ☐ lint",
    "* by heading",
    "prose",
    "☐",
    "✓ done early",
    "## Completed",
    "✓ größe",
    "## Notes",
    "- none",
  ];
  const items = [
    { text: "build", status: "active" },
    { text: "test", status: "pending" },
    { text: "lint", status: "pending" },
    { text: "by heading", status: "pending" },
    { text: "done early", status: "done" },
    { text: "größe", status: "done" },
  ];
  expect(readPlanFile(file.join("\n"))).toEqual(items);
  expect(readPlanFile(file.join("\r\n"))).toEqual(items);
  expect(readPlanFile("")).toEqual([]);
});

it("reads the list in the session file, whatever its items are", () => {
  expect(readListedPlan(null)).toEqual([]);
  expect(
    readListedPlan([
      { content: "a", status: "in_progress" },
      { description: "b", status: "completed" },
      { title: "c" },
      "d",
      {},
      { content: "" },
      null,
    ]),
  ).toEqual([
    { text: "a", status: "active" },
    { text: "b", status: "done" },
    { text: "c", status: "pending" },
    { text: "d", status: "pending" },
  ]);
});
