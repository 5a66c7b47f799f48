import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

/** What an older Node runs: here this one, with an npm that brings a script as Node. */
const BIN = fileURLToPath(new URL("../bin", import.meta.url));
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

let base: string;
let home: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "trunkline-own-node-"));
  home = join(base, "home");
});
afterAll(() => rmSync(base, { recursive: true }));

function executable(path: string, text: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/** @param node the script that npm brings; undefined: it must not be asked */
function launch(code: string, node: string | undefined, ...args: string[]) {
  cpSync(BIN, join(code, "bin"), { recursive: true });
  writeFileSync(
    join(code, "bin", "launch.mjs"),
    'import { runWithOwnNode } from "./own-node.mjs"; await runWithOwnNode();\n',
  );
  const tools = join(base, "tools");
  const brings = `mkdir -p node_modules/${NODE_PACKAGE}/bin && cp ${tools}/brought node_modules/${NODE_PACKAGE}/bin/node`;
  executable(join(tools, "brought"), node ?? "");
  executable(join(tools, "npm"), `#!/bin/sh\n${node === undefined ? "exit 1" : brings}\n`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(code, "bin", "launch.mjs"), ...args], {
    env: { PATH: `${tools}:/usr/bin:/bin`, HOME: home },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

it("Node is fetched once for all of a user's installations, and beside the code for a machine's", () => {
  const node = '#!/bin/sh\necho "ours: $2"\n';
  const first = launch(join(home, "a"), node, "doctor");
  expect(first).toMatchObject({ status: 0, stdout: "ours: doctor\n" });
  expect(first.stderr).toContain("getting Node 26 from the npm registry, once");
  expect(launch(join(home, "b"), undefined, "doctor")).toEqual({
    status: 0,
    stdout: "ours: doctor\n",
    stderr: "",
  });
  const shared = join(base, "usr", "lib");
  rmSync(join(home, ".cache"), { recursive: true });
  launch(shared, node);
  expect(launch(shared, undefined, "x")).toEqual({ status: 0, stdout: "ours: x\n", stderr: "" });
  expect(existsSync(join(home, ".cache"))).toBe(false);
});

it("says which library of the system is missing, and how to get it", () => {
  const loader = "error while loading shared libraries: libatomic.so.1: cannot open shared object file";
  const { status, stderr } = launch(
    join(base, "home", "c"),
    `#!/bin/sh\necho "node: ${loader}: No such file or directory" >&2\nexit 127\n`,
  );
  expect(status).toBe(127);
  expect(stderr).toContain("Node 26 needs libatomic.so.1");
  expect(stderr).toContain("apt-get install libatomic1");
});
