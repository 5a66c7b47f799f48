import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findDataDir } from "./data-dir.ts";
import { DEFAULT_URL, findTarget, type TargetOptions } from "./target.ts";

let dataDir: string;
/** A socket of this process, like a server's. */
let socket: Server;
let url: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "trunkline-target-"));
  socket = createServer().listen(0, "127.0.0.1");
  await once(socket, "listening");
  url = `http://127.0.0.1:${(socket.address() as AddressInfo).port}`;
});
afterEach(() => {
  socket.close();
  rmSync(dataDir, { recursive: true });
});

const put = (name: string, text: string): void => writeFileSync(join(dataDir, name), text);
const record = (of: { url?: string; pid?: number }): void =>
  put("server.json", JSON.stringify({ pid: process.pid, url, startedAt: Date.now(), ...of }));
const find = (options: TargetOptions, env: Record<string, string> = {}) =>
  findTarget(options, env, { command: (...words) => ["trunkline", ...words].join(" ") });

it("finds the server of the data directory and its token", () => {
  record({});
  put("token", "local\n");
  const expected = { url, token: "local", tokenSource: `${dataDir}/token` };
  expect(find({}, { TRUNKLINE_DATA_DIR: dataDir })).toMatchObject(expected);
  expect(find({ dataDir }, { TRUNKLINE_DATA_DIR: "/nowhere" })).toMatchObject(expected);
  expect(find({ dataDir, url: `${url}/` })).toMatchObject({ url, token: "local" });
});

it("takes the option before the environment before the data directory", () => {
  record({});
  put("token", "local");
  put("other", " mine \n");
  const env = { TRUNKLINE_URL: "http://localhost:1/", TRUNKLINE_TOKEN: "env", TRUNKLINE_DATA_DIR: dataDir };
  expect(find({}, env)).toMatchObject({ url: "http://localhost:1", token: "env" });
  const options = { url: "https://example.org/base/", tokenFile: join(dataDir, "other") };
  expect(find(options, env)).toMatchObject({ url: "https://example.org/base", token: "mine" });
});

it.each([
  "https://me:hunter22@example.org",
  "https://hunter22@example.org/base",
  "https://me:hunter22@exa mple.org",
])("takes no password in an address, and does not show it: %s", (given) => {
  for (const run of [() => find({ url: given }), () => find({}, { TRUNKLINE_URL: given })]) {
    expect(run).toThrow(/without a name and a password/);
    expect(run).not.toThrow(/hunter22/);
  }
});

it.each(["https://example.org/?a=b", "https://example.org/#a"])("is no server's address: %s", (given) => {
  expect(() => find({ url: given })).toThrow(/is not the address of a server/);
});

it.each([
  "{half",
  "[]",
  '{"url":"https://example.org","token":"a b"}',
  '{"url":"https://me:hunter22@example.org","token":"t"}',
])("says which profile's file is no use: %s", (text) => {
  mkdirSync(join(dataDir, "trunkline", "profiles"), { recursive: true });
  put("trunkline/profiles/work.json", text);
  const run = () => find({ profile: "work" }, { XDG_CONFIG_HOME: dataDir });
  expect(run).toThrow(/profiles\/work\.json can't be read, or is not what `login` writes/);
  expect(run).not.toThrow(/hunter22/);
});

it.each(["", "{half", '{"url":"https://example.org","token":"a b"}'])(
  "goes nowhere else where it can't read where to go: %j",
  (text) => {
    mkdirSync(join(dataDir, "trunkline"), { recursive: true });
    put("trunkline/login.json", text);
    const env = { XDG_CONFIG_HOME: dataDir, XDG_DATA_HOME: join(dataDir, "data") };
    expect(() => find({}, env)).toThrow(/login\.json can't be read.* Create it anew: trunkline login URL\.$/);
    // What is named needs no such file.
    expect(find({ url }, env)).toMatchObject({ url, token: undefined });
    expect(find({}, { ...env, TRUNKLINE_TOKEN: "t" })).toMatchObject({ url: DEFAULT_URL, token: "t" });
    expect(() => find({ dataDir }, env)).toThrow(/No server is running/);
  },
);

it("shows no secret that is no token", () => {
  const secret = "-----BEGIN KEY-----\nabc";
  put("other", `${secret}\n`);
  const told = /^What \S+ holds is not a token: /;
  for (const run of [
    () => find({ url, tokenFile: join(dataDir, "other") }),
    () => find({ url }, { TRUNKLINE_TOKEN: secret }),
    () => find({ url }, { TRUNKLINE_TOKEN: "tl_ä" }),
  ]) {
    expect(run).toThrow(told);
    expect(run).not.toThrow(/KEY|abc|ä/);
  }
});

it("is the default for a token of one's own", () => {
  expect(find({ dataDir }, { TRUNKLINE_TOKEN: "mine" })).toMatchObject({ url: DEFAULT_URL, token: "mine" });
});

describe("H12: the data directory's token goes to its own server alone", () => {
  beforeEach(() => put("token", "local"));

  it("not where none runs, whoever listens at the default address", () => {
    const none = `No server is running for ${dataDir}. Start one: trunkline serve -d. Another server: --url URL.`;
    expect(() => find({ dataDir })).toThrow(none);
    record({ pid: 2 ** 22 + 1 });
    expect(() => find({ dataDir })).toThrow(none);
    put("server.json", '{"pid":');
    expect(() => find({ dataDir })).toThrow(none);
    put("server.json", "7");
    expect(() => find({ dataDir })).toThrow(none);
  });

  it("not where the recorded process is another program by now", () => {
    // It runs, but another program has the port.
    record({ pid: process.ppid });
    expect(() => find({ dataDir })).toThrow(/does not listen at .* Its token was not sent\./);
  });

  it("not where the port is nobody's", () => {
    socket.close();
    record({ url: "http://127.0.0.1:9" });
    expect(() => find({ dataDir })).toThrow("does not listen at http://127.0.0.1:9");
  });

  it.skipIf(process.getuid?.() !== 0)(
    "not where the process belongs to another user than the record",
    async () => {
      const { chownSync } = await import("node:fs");
      record({});
      chownSync(join(dataDir, "server.json"), 65_534, 65_534);
      expect(() => find({ dataDir })).toThrow("belongs to another user");
    },
  );

  it("not to another address, on this machine or elsewhere", () => {
    record({});
    for (const other of [
      "https://example.org",
      "http://127.0.0.1:5000",
      "http://localhost:4400",
      "http://10.0.0.1:4400",
    ]) {
      const { token, tokenKept } = find({ dataDir, url: other });
      expect(token).toBeUndefined();
      expect(tokenKept).toBe(`the server of ${dataDir} is ${url}`);
    }
  });
});

it("B7: a data directory is absolute, from where the command runs, and `~` is the home directory", () => {
  expect(findDataDir("rel", {})).toBe(resolve("rel"));
  expect(findDataDir("~/y", {})).toBe(join(homedir(), "y"));
  expect(findDataDir(undefined, { TRUNKLINE_DATA_DIR: "rel/" })).toBe(resolve("rel"));
  expect(findDataDir(undefined, { XDG_DATA_HOME: "~/x" })).toBe(join(homedir(), "x", "trunkline"));
});

it.each(["nonsense", "ftp://example.org", "localhost:4400"])("refuses %s as an address", (given) => {
  expect(() => find({ url: given, dataDir })).toThrow(/is not the address of a server/);
});

it("refuses a token file that cannot be read or is empty", () => {
  put("empty", "\n");
  expect(() => find({ tokenFile: join(dataDir, "empty") })).toThrow(/is empty/);
  expect(() => find({ tokenFile: join(dataDir, "missing") })).toThrow(/it does not exist/);
});
