import type { QuestionForm } from "@trunkline/contract";
import { describe, expect, it } from "vitest";
import { formatQuestion } from "./question.ts";
import { readForm } from "./form.ts";

const FORM: QuestionForm = {
  server: "tables",
  fields: [
    { name: "name", title: "Your name", type: "text", required: true },
    { name: "seats", type: "integer", required: false, minimum: 1, maximum: 8, default: 2 },
    { name: "a=b", type: "boolean", required: false },
    {
      name: "wishes",
      type: "choice",
      multiple: true,
      required: false,
      options: [
        { value: "quiet", label: "A quiet\u001b[2J place" },
        { value: "vegan", label: "vegan" },
      ],
    },
  ],
};
const PLAIN = { bold: (text: string) => text, dim: (text: string) => text, yellow: (text: string) => text };

describe("values of a form on the command line", () => {
  it("are read by their fields, with the defaults of those that are not given", () => {
    const given = ["name=Ada = Countess", "a=b=yes", "wishes=2, quiet"];
    expect(readForm(FORM, given)).toEqual({
      values: { name: "Ada = Countess", seats: 2, "a=b": true, wishes: ["vegan", "quiet"] },
    });
    expect(readForm(FORM, ["name=Ada", "seats="])).toEqual({ values: { name: "Ada" } });
    expect(readForm({ server: "s", fields: [], url: "https://example.com/" }, [])).toEqual({ values: {} });
  });

  it("are refused with what to do", () => {
    expect(() => readForm(FORM, [])).toThrow("'name' is required. Give it with --value name=….");
    expect(() => readForm(FORM, ["name=Ada", "seats=9"])).toThrow("'seats' must be at most 8");
    expect(() => readForm(FORM, ["chairs=9"])).toThrow("Its fields: 'name', 'seats', 'a=b', 'wishes'.");
  });
});

it("a form is shown with its page, and each field with its name, what it takes and its choices", () => {
  const form = { ...FORM, url: "https://tables.example/terms" };
  const rows = formatQuestion({ text: "Which table?", options: [], form }, PLAIN as never);
  expect(rows).toEqual([
    "? Which table?",
    "  tables.example: https://tables.example/terms",
    "  name (text)  Your name",
    "  seats (integer, optional, default 2)",
    "  a=b (boolean, optional)",
    "  wishes (choices, optional)",
    expect.stringMatching(/^ {4}1\. A quiet.* place quiet$/),
    "    2. vegan",
  ]);
});
