import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_URL, findTarget } from "./target.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "trunkline-target-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const put = (name: string, text: string): void => writeFileSync(join(dataDir, name), text);
const running = (url: string, pid = process.pid): void =>
  put("server.json", JSON.stringify({ pid, url, startedAt: 1 }));

it("is the default on this machine, without a token, where nothing is known", () => {
  expect(findTarget({}, { TRUNKLINE_DATA_DIR: dataDir })).toEqual({
    url: DEFAULT_URL,
    token: undefined,
    tokenSource: null,
  });
  expect(findTarget({}, { HOME: dataDir, XDG_DATA_HOME: dataDir }).url).toBe(DEFAULT_URL);
});

it("finds the server of the data directory and its token", () => {
  running("http://127.0.0.1:4999");
  put("token", "local\n");
  const expected = { url: "http://127.0.0.1:4999", token: "local", tokenSource: `${dataDir}/token` };
  expect(findTarget({}, { TRUNKLINE_DATA_DIR: dataDir })).toEqual(expected);
  expect(findTarget({ dataDir }, { TRUNKLINE_DATA_DIR: "/nowhere" })).toEqual(expected);
});

it("does not believe a server that has died, or half a file", () => {
  running("http://127.0.0.1:4999", 2 ** 22 + 1);
  expect(findTarget({ dataDir }, {}).url).toBe(DEFAULT_URL);
  put("server.json", '{"pid":');
  expect(findTarget({ dataDir }, {}).url).toBe(DEFAULT_URL);
});

it("takes the option before the environment before the data directory", () => {
  running("http://127.0.0.1:4999");
  put("token", "local");
  put("other", " mine \n");
  const env = { TRUNKLINE_URL: "http://localhost:1/", TRUNKLINE_TOKEN: "env", TRUNKLINE_DATA_DIR: dataDir };
  expect(findTarget({}, env)).toMatchObject({ url: "http://localhost:1", token: "env" });
  const options = { url: "https://example.org/base/", tokenFile: join(dataDir, "other") };
  expect(findTarget(options, env)).toMatchObject({ url: "https://example.org/base", token: "mine" });
});

it("shows the local token to no other machine", () => {
  put("token", "local");
  expect(findTarget({ url: "http://127.0.0.1:5000", dataDir }, {}).token).toBe("local");
  for (const url of ["https://example.org", "http://127.0.0.1.example.org", "http://10.0.0.1:4400"]) {
    expect(findTarget({ url, dataDir }, {}).token).toBeUndefined();
  }
});

it.each(["nonsense", "ftp://example.org", "localhost:4400"])("refuses %s as an address", (url) => {
  expect(() => findTarget({ url, dataDir }, {})).toThrow(/is no address of a server/);
});

it("refuses a token file that cannot be read or is empty", () => {
  put("empty", "\n");
  expect(() => findTarget({ tokenFile: join(dataDir, "empty") }, {})).toThrow(/There is no token/);
  expect(() => findTarget({ tokenFile: join(dataDir, "missing") }, {})).toThrow(/cannot be read/);
});
