import { expect, test } from "vitest";
import { nodeIsUsable, parseVersion, pnpmIsUsable } from "./versions.mjs";

test("a version is read with and without its v", () => {
  expect(parseVersion("v24.16.1\n")).toEqual({ major: 24, minor: 16 });
  expect(parseVersion("12.21.0-rc.1")).toEqual({ major: 12, minor: 21 });
  expect(parseVersion("command not found")).toBeUndefined();
  expect(parseVersion("")).toBeUndefined();
});

test.each([
  ["v20.20.2", false],
  ["v22.22.0", false],
  ["v24.9.0", false],
  ["v24.15.9", false],
  ["v24.16.0", true],
  ["v24.100.0", true],
  ["v25.9.0", false],
  ["v26.0.0", true],
  ["v27.1.0", true],
  ["", false],
])("Node %s is usable: %s", (version, usable) => {
  expect(nodeIsUsable(version)).toBe(usable);
});

test.each([
  ["12.0.0", true],
  ["12.21.0", true],
  ["11.9.9", false],
  ["13.0.0", false],
  ["", false],
])("pnpm %s is usable: %s", (version, usable) => {
  expect(pnpmIsUsable(version)).toBe(usable);
});
