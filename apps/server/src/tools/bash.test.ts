import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SHELL_ENVIRONMENT } from "./shell-environment.ts";
import { ToolBench } from "./testing/tool-bench.ts";

test("gives back stdout and stderr in their order, and the exit code", async () => {
  await using bench = await ToolBench.create();
  const result = await bench.call("bash", { command: "echo one; echo two >&2; echo three; exit 3" });
  expect(result).toMatchObject({ status: "failed", output: "one\ntwo\nthree\n", exitCode: 3 });
  expect(await bench.call("bash", { command: "pwd" })).toMatchObject({
    status: "succeeded",
    output: `${bench.workspace}\n`,
    exitCode: 0,
  });
  expect(bench.records).toEqual([]);
});

test("its output is a pipe: /dev/stdout and /dev/stderr can be opened, which Node's own sockets refuse", async () => {
  await using bench = await ToolBench.create();
  const { output } = await bench.call("bash", { command: "echo a > /dev/stdout; echo b | tee /dev/stderr" });
  expect(output).toBe("a\nb\nb\n");
});

test("a command sees the allowed environment and nothing else", async () => {
  await using bench = await ToolBench.create();
  process.env["OPENAI_API_KEY"] = "sk-canary";
  const { output } = await bench.call("bash", { command: "env" });
  delete process.env["OPENAI_API_KEY"];
  const names = output
    .trim()
    .split("\n")
    .map((line) => line.split("=")[0]);
  expect(new Set(names)).toEqual(
    new Set([
      ...Object.keys(SHELL_ENVIRONMENT),
      "HOME",
      "LANG",
      "PATH",
      "PWD",
      "SHLVL",
      "TRUNKLINE_RUN",
      "_",
    ]),
  );
  expect(output).toContain(`HOME=${bench.workspace}\n`);
  expect(output).not.toContain("canary");
});

test("output is shown while the command runs, and stops the command where nobody takes it any more", async () => {
  await using bench = await ToolBench.create();
  const shown = Promise.withResolvers<void>();
  const running = bench.call(
    "bash",
    { command: "echo begun; until test -e go; do sleep 0.02; done; echo ended" },
    {
      progress: async (chunk) => {
        bench.progress.push(chunk);
        shown.resolve();
      },
    },
  );
  await shown.promise;
  expect(bench.progress).toEqual(["begun\n"]);
  await bench.call("write_file", { path: "go", content: "" });
  expect(await running).toMatchObject({ status: "succeeded", output: "begun\nended\n" });
  expect(bench.progress.join("")).toBe("begun\nended\n");

  const lost = new Error("the store is gone");
  const refused = bench.call(
    "bash",
    { command: "echo x; sleep 600" },
    { progress: () => Promise.reject(lost) },
  );
  await expect(refused).rejects.toBe(lost);
  expect(bench.records).toEqual([]);
});

test("what is held back in showing holds the command back, up to the cap on what is shown", async () => {
  await using bench = await ToolBench.create();
  const gate = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const running = bench.call(
    "bash",
    { command: "yes | head -c 1000000; echo done > finished" },
    {
      progress: async (chunk) => {
        bench.progress.push(chunk);
        first.resolve();
        await gate.promise;
      },
    },
  );
  await first.promise;
  await expect(readFile(bench.path("finished"))).rejects.toThrow("ENOENT");
  gate.resolve();
  const result = await running;
  expect(await readFile(bench.path("finished"), "utf8")).toBe("done\n");
  expect(result.omittedBytes).toBe(1_000_000 - 65_536);
  const shown = bench.progress.join("");
  expect(shown.length).toBeGreaterThanOrEqual(262_144);
  expect(shown.length).toBeLessThan(262_144 + 200);
  expect(shown.slice(-100)).toMatch(/more output follows.*\n$/);
});

test("100 MB of output: head and tail kept, the middle counted, memory flat", async () => {
  await using bench = await ToolBench.create();
  const command = "echo first; yes 0123456789abcde | head -c 100000000; echo; echo last";
  await bench.call("bash", { command: "yes | head -c 5000000" });
  const before = process.memoryUsage().rss;
  const result = await bench.call("bash", { command });
  const grownMb = (process.memoryUsage().rss - before) / 1_048_576;
  expect(result.output.slice(0, 22)).toBe("first\n0123456789abcde\n");
  expect(result.output.slice(-23)).toBe("\n0123456789abcde\n\nlast\n");
  expect(result.omittedBytes).toBe(6 + 100_000_000 + 1 + 5 - 65_536);
  expect(result.output.includes(`[… ${result.omittedBytes} bytes omitted …]`)).toBe(true);
  expect(result.output.length).toBeLessThan(66_000);
  // What was read and is garbage may not be collected yet; all of it would be 100.
  expect(grownMb).toBeLessThan(70);
});

test("invalid UTF-8, NUL and characters cut in two become text that can be stored", async () => {
  await using bench = await ToolBench.create();
  const { output } = await bench.call("bash", {
    command: String.raw`printf 'a\377b\0c\360\237\230\200d\303'`,
  });
  expect(output).toBe("a\uFFFDb\u2400c😀d\uFFFD");
  expect(bench.progress.join("")).toBe(output);

  // Four-byte characters, offset by one, so that the borders of head and tail split one.
  bench.progress.length = 0;
  const long = await bench.call("bash", {
    command: "printf x; yes 😀😀😀😀 | tr -d '\\n' | head -c 400000; printf y",
  });
  expect(long.output.includes("\uFFFD")).toBe(false);
  expect(long.output.isWellFormed()).toBe(true);
  const kept = long.output.replace(/\n\[… \d+ bytes omitted …\]\n/, "");
  expect(Buffer.byteLength(kept) + (long.omittedBytes ?? 0)).toBe(400_002);
  expect(bench.progress.join("").isWellFormed()).toBe(true);
  expect(bench.progress.join("").includes("\uFFFD")).toBe(false);

  const random = await bench.call("bash", { command: "head -c 3000000 /dev/urandom" });
  expect(random.output.isWellFormed()).toBe(true);
  expect(random.output.includes("\0")).toBe(false);
});

test("after its time-out a command is ended, and says so", async () => {
  await using bench = await ToolBench.create();
  const result = await bench.call("bash", { command: "echo begun; sleep 600", timeoutSeconds: 1 });
  expect(result).toMatchObject({ status: "failed", exitCode: null });
  expect(result.output).toBe("begun\n[timed out after 1 s: stopped, with everything it had started]");
  expect(bench.records).toEqual([]);
});

test("a command that a signal ends, one that cannot be parsed, and a workspace that is gone", async () => {
  await using bench = await ToolBench.create();
  expect(await bench.call("bash", { command: "kill -9 $$" })).toMatchObject({
    status: "failed",
    output: "[ended by SIGKILL]",
    exitCode: null,
  });
  const bad = await bench.call("bash", { command: "if" });
  expect(bad).toMatchObject({ status: "failed", exitCode: 2 });
  expect(bad.output).toContain("syntax error");
  await expect(bench.call("bash", { command: "ls" }, { workspace: "/no/such/place" })).rejects.toThrow(
    "ENOENT",
  );
});

test.each([
  "cat",
  'read -r answer; echo "got $?"',
  "exec < /dev/tty",
  "less /etc/passwd",
  "more /etc/passwd",
  "git init -q . && git -c user.name=x -c user.email=x@example.com commit --allow-empty",
  "python3 -c 'input()'",
  "python3 -c 'import getpass; getpass.getpass()'",
  "top -n 1",
  'if command -v vim; then vi file; vim -R file; echo "ended $?"; fi',
])("K12: %s does not wait for a terminal", async (command) => {
  await using bench = await ToolBench.create();
  expect((await bench.call("bash", { command })).output).not.toContain("timed out");
});

test("K12: vim still works as a filter", async () => {
  await using bench = await ToolBench.create();
  const command = `command -v vim > /dev/null || { echo "b b"; exit; }
    echo "a a" > file; vim -es -c "s/a/b/" -c wq file; echo ":s/a/b/|wq" | vim file > /dev/null 2>&1; cat file`;
  expect((await bench.call("bash", { command })).output).toBe("b b\n");
});
