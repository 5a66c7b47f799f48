import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ToolBench } from "./testing/tool-bench.ts";

const KEY = "sk-canary-0123456789-abcdefghij";
const TOKEN = `tl_${"a1-_".repeat(10)}xyz`;

const bench = () => ToolBench.create(undefined, [KEY]);

test("a secret that a command prints is stored nowhere, however it is cut", async () => {
  await using tools = await bench();
  const cuts = Array.from(KEY, (char) => `printf %s '${char}'; sleep 0.01`).join("; ");
  const result = await tools.call("bash", {
    command: `echo begin; ${cuts}; echo; echo ${TOKEN}; printf sk-cana`,
  });
  expect(result.output).toBe("begin\n[redacted]\n[redacted]\nsk-cana");
  expect(tools.progress.join("")).toBe(result.output);
});

test("nor is a part of one, where the middle of an output is left out", async () => {
  await using tools = await bench();
  // With these, the end of the head and the start of the tail fall into a key.
  for (const offset of [0, 7, 19]) {
    const { output, omittedBytes } = await tools.call("bash", {
      command: `printf '%*s' ${offset} ''; for i in $(seq 4000); do echo ${KEY}; done`,
    });
    expect(omittedBytes).toBeUndefined();
    expect(output).not.toContain("canary");
    const long = await tools.call("bash", {
      command: `printf '%*s' ${offset} ''; yes ${KEY} | head -n 40000`,
    });
    expect(long.omittedBytes).toBeGreaterThan(100_000);
    expect(long.output).not.toMatch(/sk-|canary|0123456789|abcdefghij/);
  }
  expect(tools.progress.join("")).not.toMatch(/sk-|canary|0123456789|abcdefghij/);
});

test("bytes that are no text come through as they would have", async () => {
  await using tools = await bench();
  const { output } = await tools.call("bash", {
    command: String.raw`printf 'h\303\244\377\360\237\230\200 s'`,
  });
  expect(output).toBe("hä\u{fffd}😀 s");
  expect(tools.progress.join("")).toBe(output);
});

test("nor does another tool give one back, as a result or as an error", async () => {
  await using tools = await bench();
  await writeFile(tools.path("config"), `key: ${KEY}\n`);
  expect((await tools.call("read_file", { path: "config" })).output).toBe("key: [redacted]");
  await expect(tools.call("read_file", { path: `none-${KEY}` })).rejects.toThrow(
    "none-[redacted]: no such file",
  );
  await expect(tools.call("web_fetch", { url: `http://127.0.0.1/?key=${TOKEN}` })).rejects.toThrow(
    "not public",
  );
});
