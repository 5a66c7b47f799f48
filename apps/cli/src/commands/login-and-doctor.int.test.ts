import { chmod } from "node:fs/promises";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../doctor/finding.ts";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
const cli = (args: string[], env: Record<string, string> = {}): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir, ...env });

beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("login", () => {
  it("prints a link that works once", async () => {
    const { exitCode, out, err } = await cli(["login"]);
    expect(exitCode).toBe(0);
    expect(err).toBe("It works once, within 10 min 00 s.\n");
    const link = out.trim();
    expect(link.startsWith(`${server.url}/sign-in?code=`)).toBe(true);
    const first = await fetch(link, { redirect: "manual" });
    expect(first.status).toBe(303);
    expect(first.headers.get("set-cookie")).not.toBeNull();
    expect((await fetch(link, { redirect: "manual" })).status).toBe(403);
    expect(JSON.parse((await cli(["login", "--json"])).out)).toMatchObject({ expiresInMs: 600_000 });
  });

  it("exits with 4 for a token that the server does not know, and for no server", async () => {
    expect(await cli(["login"], { TRUNKLINE_TOKEN: "wrong" })).toEqual({
      exitCode: 4,
      out: "",
      err: `error: ${server.url} does not accept the token of TRUNKLINE_TOKEN.\n`,
    });
    const nobody = await cli(["login", "--url", "http://127.0.0.1:1"]);
    expect(nobody).toMatchObject({ exitCode: 4, err: expect.stringMatching(/^error: .+127\.0\.0\.1:1/) });
  });
});

describe("doctor", () => {
  const findings = ({ out }: CliResult): Record<string, Finding> =>
    Object.fromEntries(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Finding)
        .map((finding) => [finding.check, finding]),
    );

  it("goes through a setup that works", async () => {
    await chmod(server.dataDir, 0o700);
    const { exitCode, out } = await cli(["doctor"]);
    expect(out).toMatch(/^ok {4}node +\d/m);
    expect(out).toMatch(new RegExp(`^ok {4}server +${server.url}, pid ${server.pid}, version \\d`, "m"));
    expect(out).toMatch(/^ok {4}token +.+ is accepted$/m);
    expect(out).toMatch(/^warn {2}model +demo: scripted answers/m);
    expect(out).toMatch(/^(ok {2}|warn) {2}sandbox {2}/m);
    expect(exitCode).toBe(0);
  });

  it("tells a token that is wrong from a server that is not there", async () => {
    const refused = await cli(["doctor", "--json"], { TRUNKLINE_TOKEN: "wrong" });
    expect(findings(refused)).toMatchObject({ server: { level: "ok" }, token: { level: "fail" } });
    expect(refused.exitCode).toBe(1);
    const nobody = await cli(["doctor", "--json", "--url", "http://127.0.0.1:1"]);
    expect(findings(nobody)).toMatchObject({ "data directory": { level: "ok" }, server: { level: "fail" } });
    expect(findings(nobody)).not.toHaveProperty("token");
    expect(nobody.exitCode).toBe(1);
  });
});
