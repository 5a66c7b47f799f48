import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findToolchains } from "./toolchains.ts";

async function makeHome(files: readonly string[]) {
  const home = join(await realpath(await mkdtemp(join(tmpdir(), "trunkline-home-"))), "u");
  for (const file of files) {
    await mkdir(dirname(join(home, file)), { recursive: true });
    await writeFile(join(home, file), "");
  }
  return {
    home,
    find: (entries: readonly string[]) =>
      findToolchains({
        home,
        covered: ["/usr", "/bin", "/sbin"],
        path: entries.map((entry) => (entry.startsWith("/") ? entry : join(home, entry))).join(":"),
      }).then((found) => found.map((path) => path.replace(`${home}/`, ""))),
    [Symbol.asyncDispose]: () => rm(dirname(home), { recursive: true, force: true }),
  };
}

test("of known installations the whole is shown", async () => {
  await using fixture = await makeHome([
    ".pyenv/shims/python",
    ".pyenv/bin/pyenv",
    ".nvm/versions/node/v26.0.0/bin/node",
    ".nvm/versions/node/v26.0.0/include/node/node.h",
    "project/.venv/bin/python",
    "project/.venv/pyvenv.cfg",
    ".npm/_npx/0a1b/node_modules/.bin/tsc",
    ".rustup/toolchains/stable/bin/rustc",
  ]);
  expect(
    await fixture.find([
      ".pyenv/shims",
      ".pyenv/bin",
      ".nvm/versions/node/v26.0.0/bin/",
      "project/.venv/bin",
      ".npm/_npx/0a1b/node_modules/.bin",
      ".rustup/toolchains/stable/bin",
    ]),
  ).toEqual([
    ".pyenv",
    ".nvm/versions/node/v26.0.0",
    "project/.venv",
    ".npm/_npx/0a1b/node_modules",
    ".rustup/toolchains/stable",
  ]);
});

test("of what is not known the entry alone is shown: beside it lie keys", async () => {
  await using fixture = await makeHome([
    ".cargo/bin/cargo",
    ".cargo/credentials.toml",
    ".docker/bin/docker",
    ".docker/config.json",
    ".local/bin/tool",
    ".local/include/node/node.h",
    ".local/share/keyrings/login.keyring",
    "bin/own",
    "include/node/node.h",
    "project/bin/run",
    "project/.env",
  ]);
  const entries = [".cargo/bin", ".docker/bin", ".local/bin", "bin", "project/bin"];
  expect(await fixture.find(entries)).toEqual(entries);
});

test("a home, the top of the machine, what is not there, relative or of the system is left out", async () => {
  await using fixture = await makeHome(["file", "closed/tool", ".pyenv/bin/pyenv"]);
  await chmod(join(fixture.home, "closed"), 0);
  const entries = [
    "/",
    "/etc",
    "/usr/local/bin",
    "/bin",
    fixture.home,
    dirname(fixture.home),
    "none",
    "file",
  ];
  expect(await fixture.find(entries)).toEqual([]);
  expect(await findToolchains({ home: "/root", covered: [], path: "::.:bin:../bin" })).toEqual([]);
  if (process.getuid?.() !== 0) expect(await fixture.find(["closed"])).toEqual([]);
});

test("a link to an installation is shown in its place", async () => {
  await using fixture = await makeHome(["versions/26/bin/node", "versions/26/include/node/node.h"]);
  await symlink("versions/26", join(fixture.home, "current"));
  expect(await fixture.find(["current/bin", "current/bin"])).toEqual(["current"]);
});
