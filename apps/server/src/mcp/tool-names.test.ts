import * as fc from "fast-check";
import { expect, it } from "vitest";
import { plainName, toolNameOf } from "./tool-names.ts";

it("keeps names that every provider accepts", () => {
  expect(toolNameOf("github", "create_issue")).toBe("github__create_issue");
});

it("marks what it has to change, so that two tools stay two", () => {
  const [dotted, slashed] = [toolNameOf("s", "a.b"), toolNameOf("s", "a/b")];
  expect(dotted).toMatch(/^s__a_b_[0-9a-f]{8}$/);
  expect(slashed).not.toBe(dotted);
  expect(toolNameOf("s", "a_b")).toBe("s__a_b");
});

it("makes a legal name of any, within the length, of its server's", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,1}$/),
      fc.string({ maxLength: 200 }),
      (server, tool) => {
        const name = toolNameOf(server, tool);
        expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(name.startsWith(`${server}__`)).toBe(true);
      },
    ),
  );
});

it("compares names as a model may write them", () => {
  expect(plainName("Read_File")).toBe(plainName("readFile"));
  expect(plainName("read-file")).toBe("readfile");
});
