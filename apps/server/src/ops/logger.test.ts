import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../secrets/redactor.ts";
import { createLogger, type LoggerOptions } from "./logger.ts";

const TOKEN = `tl_${"a1-_".repeat(10)}xyz`;
const CANARY = "sk-canary-0123456789";

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: "debug",
    destination: { write: (line) => lines.push(line) },
    redactor: createRedactor([CANARY]),
    node: "a",
    ...options,
  });
  return { logger, lines };
}

describe("logger", () => {
  it.each([
    ["a header", { headers: { Authorization: "Bearer abc", host: "x" } }, "abc"],
    ["a cookie header, deep", { a: { b: { c: { cookie: 'x="y"; z=1' } } } }, "z=1"],
    ["a list of cookies", { "set-cookie": ["one=1", "two=2"] }, "two=2"],
    ["a token field", { token: "short" }, "short"],
    ["an api key field", { apiKey: "k1" }, "k1"],
    ["our token inside a text", { text: `told ${TOKEN} to somebody` }, TOKEN],
    ["a sign-in code in a URL", { url: "/sign-in?a=1&code=Zm9vYmFy" }, "Zm9vYmFy"],
    ["a known secret anywhere", { body: `{"key":"${CANARY}"}` }, CANARY],
    ["a known secret in an error", { err: new Error(`401 for ${CANARY}`) }, CANARY],
  ])("takes out %s", (_name, fields, secret) => {
    const { logger, lines } = capture();
    logger.error(fields, "said");
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(secret);
    expect(lines[0]).toContain("[redacted]");
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 50, msg: "said" });
  });

  it("takes a secret out of the message and of the child's bindings", () => {
    const { logger, lines } = capture();
    logger.child({ password: "hunter2" }).info(`using ${TOKEN}`);
    expect(lines[0]).not.toContain("hunter2");
    expect(lines[0]).not.toContain(TOKEN);
  });

  it("leaves what is no secret alone", () => {
    const { logger, lines } = capture();
    logger.info({ code: "ENOENT", tokens: 12, path: "/trpc/task.get" }, "unicode=yes");
    expect(JSON.parse(lines[0]!)).toMatchObject({ code: "ENOENT", tokens: 12, msg: "unicode=yes" });
  });

  const HOSTILE = "a\u001b]0;owned\u0007\u009b2J\u202e\n12:00:00 info  forged user=admin";

  it.each([
    ["a value", { path: HOSTILE }, "said"],
    ["a value deep inside", { error: { path: [HOSTILE] } }, "said"],
    ["the name of a field", { [HOSTILE]: 1 }, "said"],
    ["the message", {}, HOSTILE],
    ["an error", { err: new Error(`ENOENT: '${HOSTILE}'`) }, "said"],
  ])("H19: %s from outside stays on its line and does nothing to a terminal", (_name, fields, message) => {
    const machine = capture();
    machine.logger.error(fields, message);
    expect(machine.lines.join("").match(/[\p{Cc}\u202e]/gu)).toEqual(["\n"]);
    expect(machine.lines[0]).toContain("owned");
    JSON.parse(machine.lines[0]!);

    const person = capture({ pretty: true });
    person.logger.error(fields, message);
    const text = stripVTControlCharacters(person.lines.join(""));
    expect(text.match(/[\p{Cc}\u202e]/gu)?.every((character) => character === "\n")).toBe(true);
    expect(text).toContain("owned");
    for (const line of text.trimEnd().split("\n").slice(1)) expect(line).toMatch(/^ {4}/);
  });

  it("keeps to its level", () => {
    const { logger, lines } = capture({ level: "warn" });
    logger.info("quiet");
    logger.warn("loud");
    expect(lines).toHaveLength(1);
  });

  it("writes for people, with fields and stack, and without secrets", () => {
    const { logger, lines } = capture({ pretty: true });
    logger.error({ taskId: "t1", err: new Error(`broken by ${CANARY}`), token: "abc" }, "task failed");
    const text = stripVTControlCharacters(lines.join(""));
    expect(text).toMatch(
      /^\d\d:\d\d:\d\d error task failed taskId=t1 token=\[redacted\]\n    Error: broken by/,
    );
    expect(text).toContain("logger.test.ts");
    expect(text).not.toContain(CANARY);
  });
});
