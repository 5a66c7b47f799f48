import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, test } from "vitest";
import { bwrap, NO_BWRAP, SandboxBench } from "../tools/sandbox/testing/sandbox-bench.ts";
import { listedNetwork } from "./testing/listed-network.ts";
import { TlsSite } from "./testing/tls-site.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

const run = promisify(execFile);
const HOST = "registry.example.com";

function isMissing(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { env: { PATH: process.env["PATH"] } }).status !== 0;
}

/** A bench whose commands reach a registry of these files over TLS, and its address. */
type Files = Record<string, string | Buffer>;

async function openRegistry(files: (url: string) => Files | Promise<Files>) {
  let served: Files = {};
  const listener: RequestListener = ({ url = "" }, response) => {
    const body = served[url.split("?")[0] ?? ""];
    const type = url.endsWith("/") ? "text/html" : "application/octet-stream";
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type }).end(body);
  };
  const site = await TlsSite.start([HOST], listener);
  const url = `https://${HOST}:${site.port}`;
  served = await files(url);
  const bench = await SandboxBench.create({ networks: listedNetwork([`${HOST}:${site.port}`]) });
  await copyFile(site.certificate, bench.path("ca.pem"));
  return {
    bench,
    url,
    [Symbol.asyncDispose]: async () => {
      await bench[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}

/** Archives files that are made in a directory of their own. */
async function packed(
  files: Record<string, string>,
  pack: (directory: string) => Promise<unknown>,
): Promise<Buffer> {
  await using bench = await SandboxBench.create();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(bench.workspace, path, ".."), { recursive: true });
    await writeFile(bench.path(path), text);
  }
  await pack(bench.workspace);
  return await readFile(bench.path("archive"));
}

/** A repository of these files, as git's "dumb" protocol reads it below this path. */
async function repository(at: string, files: Record<string, string>) {
  await using source = await SandboxBench.create();
  const git = (...args: string[]) => run("git", args, { cwd: source.workspace });
  await git("init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(source.workspace, path, ".."), { recursive: true });
    await writeFile(source.path(path), text);
  }
  await git("add", ".");
  await git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "One");
  await git("repack", "-q", "-a", "-d");
  await git("update-server-info");
  const { stdout } = await run("find", [".git", "-type", "f", "-printf", "%P\\n"], { cwd: source.workspace });
  const contents = await Promise.all(
    stdout
      .trim()
      .split("\n")
      .map(async (path) => [`${at}/${path}`, await readFile(source.path(`.git/${path}`))] as const),
  );
  return Object.fromEntries(contents);
}

test("npm installs a package", async ({ skip }) => {
  skip(isMissing("npm", "--version"), "needs npm");
  const files = {
    "package/package.json": '{"name":"tiny","version":"1.0.0"}',
    "package/index.js": "module.exports = 42",
  };
  const archive = await packed(files, (cwd) => run("tar", ["-czf", "archive", "package"], { cwd }));
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  await using registry = await openRegistry((url) => ({
    "/tiny": JSON.stringify({
      name: "tiny",
      "dist-tags": { latest: "1.0.0" },
      versions: {
        "1.0.0": { name: "tiny", version: "1.0.0", dist: { tarball: `${url}/tiny.tgz`, integrity } },
      },
    }),
    "/tiny.tgz": archive,
  }));
  const { output } = await registry.bench.run(
    `npm install --no-audit --no-fund --cafile ca.pem --registry ${registry.url} tiny && node -p 'require("tiny")'`,
  );
  expect(output).toMatch(/added 1 package[^]*42/);
});

test("pip installs a wheel", async ({ skip }) => {
  skip(isMissing("python3", "-m", "pip", "--version"), "needs python3 with pip");
  const metadata = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n";
  const info = "tiny-1.0.dist-info";
  const wheel = await packed(
    {
      "tiny.py": "answer = 42\n",
      [`${info}/METADATA`]: metadata,
      [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      [`${info}/RECORD`]: `tiny.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    },
    (cwd) => run("python3", ["-m", "zipfile", "-c", "archive", "tiny.py", info], { cwd }),
  );
  await using registry = await openRegistry(() => ({
    "/simple/tiny/": '<a href="/tiny-1.0-py3-none-any.whl">tiny-1.0-py3-none-any.whl</a>',
    "/tiny-1.0-py3-none-any.whl": wheel,
  }));
  const { output } = await registry.bench.run(
    `python3 -m pip install --no-cache-dir --cert ca.pem --index-url ${registry.url}/simple/ --target lib tiny; ` +
      `PYTHONPATH=lib python3 -c 'import tiny; print(tiny.answer)'`,
  );
  expect(output).toMatch(/Successfully installed tiny-1\.0[^]*42/);
});

test("git clones over https", async ({ skip }) => {
  skip(isMissing("git", "--version"), "needs git");
  const files = await repository("/one.git", { answer: "42\n" });
  await using registry = await openRegistry(() => files);
  const { output } = await registry.bench.run(
    `git -c http.sslCAInfo=$PWD/ca.pem clone -q ${registry.url}/one.git && cat one/answer; git ls-remote https://other.example.com/x.git`,
  );
  expect(output).toMatch(/^42$/m);
  expect(output).toContain("other.example.com:443 was refused");
});

const ZIP = `import sys, zipfile\nwith zipfile.ZipFile("archive", "w") as z: [z.write(p) for p in sys.argv[1:]]`;

test("go downloads a module", async ({ skip }) => {
  skip(isMissing("go", "version"), "needs go");
  const root = "example.com/tiny@v1.0.0";
  const archive = await packed(
    {
      [`${root}/go.mod`]: "module example.com/tiny\n",
      [`${root}/tiny.go`]: "package tiny\n\nconst Answer = 42\n",
    },
    // Without entries for the directories, which go refuses.
    (cwd) => run("python3", ["-c", ZIP, `${root}/go.mod`, `${root}/tiny.go`], { cwd }),
  );
  await using registry = await openRegistry(() => ({
    "/example.com/tiny/@v/v1.0.0.info": '{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}',
    "/example.com/tiny/@v/v1.0.0.mod": "module example.com/tiny\n",
    "/example.com/tiny/@v/v1.0.0.zip": archive,
  }));
  const { output } = await registry.bench.run(
    `export SSL_CERT_FILE=$PWD/ca.pem GOPROXY=${registry.url} GONOSUMDB='*' GOFLAGS=-modcacherw GOTOOLCHAIN=local
    go mod init example.com/one 2>/dev/null
    go mod download -json example.com/tiny@v1.0.0 && cat go/pkg/mod/${root}/tiny.go`,
  );
  expect(output).toContain("const Answer = 42");
});

test("cargo fetches a crate", async ({ skip }) => {
  skip(
    isMissing("/usr/bin/cargo", "--version"),
    "needs cargo in /usr/bin: what rustup installs is not shown here",
  );
  const files = {
    "tiny-1.0.0/Cargo.toml": '[package]\nname = "tiny"\nversion = "1.0.0"\n',
    "tiny-1.0.0/src/lib.rs": "pub const ANSWER: u8 = 42;\n",
  };
  const crate = await packed(files, (cwd) => run("tar", ["-czf", "archive", "tiny-1.0.0"], { cwd }));
  const cksum = createHash("sha256").update(crate).digest("hex");
  const entry = { name: "tiny", vers: "1.0.0", deps: [], cksum, features: {}, yanked: false };
  const line = `${JSON.stringify(entry)}\n`;
  // An index in a git repository, which every version reads.
  await using registry = await openRegistry(async (url) => {
    const config = JSON.stringify({ dl: `${url}/{crate}.crate` });
    const index = await repository("/index.git", { "config.json": config, "ti/ny/tiny": line });
    return { ...index, "/tiny.crate": crate };
  });
  const { output } = await registry.bench.run(
    `mkdir -p src .cargo && touch src/lib.rs
    printf '[package]\\nname = "one"\\nversion = "1.0.0"\\n[dependencies]\\ntiny = { version = "1", registry = "ours" }\\n' > Cargo.toml
    printf '[registries.ours]\\nindex = "${registry.url}/index.git"\\n' > .cargo/config.toml
    export CARGO_HOME=$PWD/.home CARGO_HTTP_CAINFO=$PWD/ca.pem GIT_SSL_CAINFO=$PWD/ca.pem CARGO_NET_GIT_FETCH_WITH_CLI=true
    export PATH=/usr/bin:$PATH
    cargo fetch && find .home -name lib.rs | xargs cat`,
  );
  expect(output).toContain("ANSWER: u8 = 42");
});
