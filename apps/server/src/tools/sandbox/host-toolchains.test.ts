import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findHostToolchains, type HostToolchains } from "./host-toolchains.ts";

/** A machine with these files, each executable; nothing of the real one is seen but what is on the system's path. */
async function machine(files: readonly string[], texts: Record<string, string> = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), "trunkline-machine-")));
  const home = join(root, "home/u");
  const optional = join(root, "opt");
  await mkdir(home, { recursive: true });
  for (const [path, text] of [...files.map((file) => [file, ""] as const), ...Object.entries(texts)]) {
    const at = path.startsWith("/") ? join(root, path) : join(home, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, text);
    await chmod(at, 0o755);
  }
  const short = (path: string): string => path.replace(`${home}/`, "").replace(root, "");
  return {
    home,
    find: async (path = ""): Promise<HostToolchains & { bins: string[] }> => {
      const found = await findHostToolchains({
        home,
        optional,
        systemPath: "",
        path,
        covered: ["/usr", "/bin"],
      });
      return {
        ...found,
        mounts: found.mounts.map(short),
        bins: found.path
          .split(":")
          .map(short)
          .filter((bin) => bin !== "" && !bin.startsWith("/usr")),
        environment: Object.fromEntries(
          Object.entries(found.environment).map(([name, at]) => [name, short(at)]),
        ),
      };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

test("of managers' versions the one that they use goes on the path, else the newest, and all can be used", async () => {
  await using own = await machine(
    [
      ".rustup/toolchains/stable-x/bin/cargo",
      ".rustup/toolchains/nightly-x/bin/cargo",
      ".rustup/toolchains/stable-x/bin/rustc",
      ".sdkman/candidates/java/9.0.4/bin/java",
      ".sdkman/candidates/java/21.0.1/bin/java",
      "sdk/go1.9.7/bin/go",
      "sdk/go1.22.1/bin/go",
      "sdk/go1.9.7/src/runtime/extern.go",
      "sdk/go1.22.1/src/runtime/extern.go",
      "sdk/android/licenses",
      ".rbenv/versions/3.3.0/bin/ruby",
    ],
    { ".rustup/settings.toml": 'version = "12"\ndefault_toolchain = "stable-x"\n' },
  );
  const found = await own.find();
  expect(found.bins).toEqual(
    expect.arrayContaining([
      ".rustup/toolchains/stable-x/bin",
      ".sdkman/candidates/java/21.0.1/bin",
      "sdk/go1.22.1/bin",
    ]),
  );
  expect(found.mounts).toEqual(
    expect.arrayContaining([".rustup/toolchains", ".sdkman/candidates/java", "sdk/go1.22.1"]),
  );
  expect(found.environment).toMatchObject({ RUSTUP_HOME: ".rustup" });
  expect(found.programs.map(({ name }) => name)).toEqual(expect.arrayContaining(["cargo", "java", "go"]));
});

test("nvm's alias counts, and of a folder that holds anything else its program alone is shown", async () => {
  await using own = await machine(
    [
      ".nvm/versions/node/v9.1.0/bin/node",
      ".nvm/versions/node/v20.3.1/bin/node",
      ".nvm/versions/node/v22.0.0/bin/node",
      ".deno/bin/deno",
      ".deno/bin/other",
      ".bun/bin/bun",
      ".bun/install/cache/x",
    ],
    { ".nvm/alias/default": "v20\n", ".bun/.npmrc": "//registry/:_authToken=secret" },
  );
  const found = await own.find();
  expect(found.mounts).toEqual([".nvm/versions/node", ".deno/bin/deno", ".bun/bin/bun"]);
  expect(found.bins).toEqual([".nvm/versions/node/v20.3.1/bin", ".deno/bin", ".bun/bin"]);
  expect(found.programs.map(({ path }) => path)).toEqual(
    expect.arrayContaining([join(own.home, ".deno/bin/deno"), join(own.home, ".bun/bin/bun")]),
  );
});

test("what is on the search path goes first, and is not looked for elsewhere", async () => {
  await using own = await machine([
    "tools/cargo",
    ".rustup/toolchains/stable-x/bin/cargo",
    ".cargo/bin/cargo",
    ".cargo/credentials.toml",
  ]);
  const found = await own.find(join(own.home, ".cargo/bin"));
  expect(found.bins).toEqual([".cargo/bin"]);
  // The proxies of rustup need what they stand for.
  expect(found.mounts).toEqual([".cargo/bin", ".rustup/toolchains"]);
});

test("of /opt an installation is shown, and no application that brings an interpreter", async () => {
  await using own = await machine([
    "/opt/jdk-21/bin/java",
    "/opt/jdk-21/lib/jrt-fs.jar",
    "/opt/app/bin/java",
    "/opt/app/.env",
    "/opt/app/bin/ruby",
    "/opt/go/bin/go",
    "/opt/go/src/runtime/extern.go",
    "/opt/deno/deno",
    "/opt/deno/keys",
  ]);
  const { mounts } = await own.find();
  expect(mounts.toSorted()).toEqual(["/opt/deno/deno", "/opt/go", "/opt/jdk-21"]);
});

test("nothing of a home without toolchains is shown, nor a name that would be two entries of a path", async () => {
  await using own = await machine([
    ".ssh/id_ed25519",
    ".aws/credentials",
    ".sdkman/candidates/java/a:b/bin/java",
  ]);
  await symlink("/nowhere", join(own.home, ".deno"));
  const { mounts, bins, environment } = await own.find();
  expect({ mounts, bins, environment }).toEqual({ mounts: [], bins: [], environment: {} });
});
