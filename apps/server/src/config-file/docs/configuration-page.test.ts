import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { configFileSchema } from "../schema.ts";

const page = await readFile(new URL("../../../../../docs/configuration.md", import.meta.url), "utf8");
const headings = Array.from(page.matchAll(/^## (.+)$/gm), ([, heading = ""]) =>
  heading.split(" and "),
).flat();
const examples = Array.from(page.matchAll(/```json\n([\s\S]*?)```/g), ([, text = ""]) => text);

it.each(Object.keys(configFileSchema.shape).filter((name) => name !== "$schema"))(
  "docs/configuration.md has a section about %s",
  (name) => {
    expect(headings).toContain(name);
  },
);

it.each(examples)("docs/configuration.md: this is a file that a server starts with: %s", (text) => {
  const { error } = configFileSchema.safeParse(JSON.parse(text));
  expect(error?.issues ?? []).toEqual([]);
});
