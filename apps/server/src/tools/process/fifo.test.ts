import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);

/** Opens pipes with ever more descriptors left, from none to more than enough. */
const SCRIPT = `
  const { closeSync, openSync, readdirSync, readlinkSync } = await import("node:fs");
  const { openInputPipe } = await import("./input-pipe.ts");
  const { openOutputPipes } = await import("./output-pipe.ts");
  // Of pipes that were opened by their names.
  const openPipes = () => readdirSync("/proc/self/fd").filter((fd) => {
    try { return readlinkSync("/proc/self/fd/" + fd).startsWith(process.env.TMPDIR); } catch { return false; }
  });
  const settled = async () => {
    for (let looks = 0; openPipes().length > 0 && looks < 2_000; looks++) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const tries = [
    async () => {
      const pipe = await openInputPipe();
      await pipe.releaseReadEnd();
      pipe.writable.destroy();
    },
    async () => {
      for (const pipe of await openOutputPipes([() => {}, () => {}])) {
        await pipe.releaseWriteEnd();
        pipe.destroy();
      }
    },
  ];
  for (const open of tries) await open();
  await settled();
  const outcomes = new Set();
  for (let left = 0; left < 16; left++) {
    for (const open of tries) {
      const files = [];
      try { for (;;) files.push(openSync("/dev/null", "r")); } catch {}
      for (let spare = left; spare > 0; spare--) closeSync(files.pop());
      outcomes.add(await open().then(() => "opened", (error) => error.code));
      for (const file of files) closeSync(file);
      await settled();
    }
  }
  console.log(JSON.stringify({ leaked: openPipes().length, outcomes: [...outcomes], files: readdirSync(process.env.TMPDIR) }));
`;

it("pipes that can't be opened for want of descriptors leave none open, and no files", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "trunkline-test-"));
  try {
    const command = 'ulimit -n 64; exec "$0" --input-type=module -e "$1"';
    const options = { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: temporary } };
    const { stdout } = await run("bash", ["-c", command, process.execPath, SCRIPT], options);
    expect(JSON.parse(stdout)).toEqual({ leaked: 0, outcomes: ["EMFILE", "opened"], files: [] });
  } finally {
    await rm(temporary, { recursive: true });
  }
});
