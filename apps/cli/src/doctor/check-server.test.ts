import { expect, it } from "vitest";
import { checkModel, checkSandbox } from "./check-server.ts";

it("warns of answers that no model gives", () => {
  expect(checkModel({ model: "demo", demo: true }).level).toBe("warn");
  expect(checkModel({ model: "openai:x", demo: false })).toMatchObject({ level: "ok", message: "openai:x" });
});

it.each([
  [{ mode: "auto", active: true, reason: null }, "ok", "run in it"],
  [{ mode: "auto", active: false, reason: "no bubblewrap" }, "warn", "no bubblewrap"],
  [{ mode: "off", active: false, reason: null }, "warn", "turned off"],
] as const)("sandbox %o: %s", (sandbox, level, says) => {
  expect(checkSandbox({ sandbox })).toMatchObject({ level, message: expect.stringContaining(says) });
});
