import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { runCaptured } from "../testing/captured-cli.ts";
import { compareVersions } from "./compare-versions.ts";
import { findInstallation, installLine, startLine } from "./installation.ts";
import { latestVersion } from "./latest-version.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "trunkline-upgrade-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const upgrade = async (...args: string[]) =>
  runCaptured(["upgrade", "--data-dir", dataDir, ...args], { env: { TRUNKLINE_DATA_DIR: dataDir } });

/** A database whose tables are those of a version that ran these migrations. */
function putDatabase(...migrations: string[]): void {
  const database = new DatabaseSync(join(dataDir, "trunkline.db"));
  database.exec("create table kysely_migration (name text primary key, timestamp text not null)");
  for (const name of migrations) database.prepare("insert into kysely_migration values (?, '')").run(name);
  database.close();
}

it("orders versions as semver does", () => {
  const ordered = ["0.9.9", "0.10.0", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.0.1"];
  expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  expect(compareVersions("1.2.3", "1.2.3")).toBe(0);
});

it("says how: a backup first, then the installation that this one came from", async () => {
  const empty = await upgrade("--to", "99.0.0");
  expect(empty).toMatchObject({ exitCode: 0, out: expect.stringContaining("git -C") });
  expect(empty.out).not.toContain("backup");
  putDatabase();
  const { out, exitCode } = await upgrade("--to", "99.0.0");
  expect(exitCode).toBe(0);
  expect(out).toMatch(/trunkline backup trunkline-.*\.db.*\n {2}git -C .* pull\n/);
});

it("asks no registry in a checkout, where the newest version is what git brings", async () => {
  const { out, exitCode } = await upgrade();
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^From [\d.]+ to the newest of the checkout's repository:\n {2}git -C .* pull\n$/);
});

it.each([
  [
    "has no such package",
    404,
    /has no package 'trunkline'.*npm config get registry.*newer one the same way.*--to VERSION\.$/,
  ],
  ["refuses", 403, /can't be asked \(E403\)\. Check the network, and npm ping\. .*--to VERSION\.$/],
])("says what to do where the registry %s", async (_name, status, says) => {
  const registry = createServer((_request, response) => response.writeHead(status).end("{}")).listen(
    0,
    "127.0.0.1",
  );
  try {
    await once(registry, "listening");
    const { port } = registry.address() as AddressInfo;
    const env = {
      PATH: process.env["PATH"],
      HOME: dataDir,
      npm_config_registry: `http://127.0.0.1:${port}/`,
    };
    await expect(latestVersion(env)).rejects.toThrow(says);
  } finally {
    registry.close();
  }
});

it("says so where there is no npm", async () => {
  await expect(latestVersion({ PATH: dataDir })).rejects.toThrow(/^npm, .* is not on the PATH/);
});

it("refuses to go back once there is data", async () => {
  expect((await upgrade("--to", "0.0.1")).exitCode).toBe(0);
  putDatabase();
  expect(await upgrade("--to", "0.0.1")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("can't read what"),
  });
});

it("says so where a later version has used the data", async () => {
  putDatabase("9999-from-the-future");
  expect(await upgrade("--to", packageJson.version)).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("9999-from-the-future"),
  });
  expect((await upgrade("--to", "99.0.0")).exitCode).toBe(0);
});

it("knows a global installation, a folder's and npx's", () => {
  const inside = "node_modules/trunkline/node_modules/@trunkline/cli/src/upgrade/installation.js";
  expect(installLine(findInstallation({}, `/usr/lib/${inside}`), "2.0.0")).toEqual([
    "npm install --global trunkline@2.0.0",
  ]);
  expect(findInstallation({}, `/home/u/.npm/_npx/0123abcd/${inside}`)).toEqual({ kind: "npx" });
  mkdirSync(join(dataDir, "p"));
  writeFileSync(join(dataDir, "p", "package.json"), "{}");
  expect(installLine(findInstallation({}, join(dataDir, "p", inside)), "2.0.0")).toEqual([
    `npm install --prefix ${dataDir}/p trunkline@2.0.0`,
  ]);
});

it("starts a checkout by what installs its new packages, the others as before", () => {
  const checkout = { kind: "checkout", directory: "/srv/two words" } as const;
  expect(startLine(checkout, undefined)).toBe("npm --prefix '/srv/two words' start");
  expect(startLine(checkout, "/var/d")).toBe(
    "env TRUNKLINE_DATA_DIR=/var/d npm --prefix '/srv/two words' start",
  );
  expect(startLine({ kind: "global" }, undefined)).toBeNull();
});
