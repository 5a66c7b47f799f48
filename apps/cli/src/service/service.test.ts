import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";
import { unitText } from "./unit.ts";

let config: string;
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), "trunkline-service-"));
});
afterEach(() => rmSync(config, { recursive: true }));

const service = async (...args: string[]) =>
  runCaptured(["service", ...args, "--user"], { env: { XDG_CONFIG_HOME: config, HOME: config } });

it("F2: the unit of the machine has a home, a state directory, keys in a file, and is enabled", () => {
  const text = unitText({ manager: "system", program: ["/usr/bin/node", "/usr/lib/x/trunkline.mjs"] });
  const lines = text.split("\n");
  expect(lines).toContain("ExecStart=/usr/bin/node /usr/lib/x/trunkline.mjs serve");
  expect(lines).toContain("StateDirectory=trunkline");
  expect(lines).toContain("Environment=HOME=%S/trunkline");
  expect(lines).toContain("EnvironmentFile=-/etc/trunkline/environment");
  expect(lines).toContain("WantedBy=multi-user.target");
  // These would keep commands from their sandbox.
  expect(text).not.toMatch(/RestrictNamespaces|ProtectProc|ProtectKernel/);
});

it("a path is a word, whatever is in it", () => {
  const start = (path: string) =>
    /^ExecStart=(.*)$/m.exec(unitText({ manager: "user", program: [path] }))?.[1];
  expect(start("/a b/100%/$x")).toBe('"/a b/100%%/$$x" serve');
  expect(start(String.raw`/a"\b`)).toBe(String.raw`"/a\"\\b" serve`);
});

it.skipIf(!existsSync("/usr/bin/systemd-analyze")).each(["system", "user"] as const)(
  "systemd takes the unit of the %s",
  (manager) => {
    const file = join(config, "trunkline.service");
    writeFileSync(file, unitText({ manager, program: ["/bin/true"] }));
    const { status, stderr } = spawnSync(
      "/usr/bin/systemd-analyze",
      ["verify", `--${manager}`, "--man=no", file],
      {
        env: { XDG_RUNTIME_DIR: config },
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  },
);

it("installs, says where it stands, and removes the unit alone", async () => {
  const unit = join(config, "systemd", "user", "trunkline.service");
  const environment = join(config, "trunkline", "environment");
  expect(await service("status")).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining("Not installed"),
  });

  expect((await service("install", "--dry-run")).out).toContain("[Install]");
  expect(existsSync(unit)).toBe(false);

  expect((await service("install")).out).toContain("systemctl --user enable --now trunkline");
  expect(readFileSync(unit, "utf8")).toContain("trunkline.mjs serve");
  expect(statSync(environment).mode & 0o777).toBe(0o600);
  writeFileSync(environment, "OPENAI_API_KEY=mine");
  const again = await service("install");
  expect(again.out).toContain(`Wrote ${unit}`);
  expect(again.out).not.toContain(environment);
  expect(readFileSync(environment, "utf8")).toBe("OPENAI_API_KEY=mine");

  expect((await service("uninstall", "--dry-run")).exitCode).toBe(0);
  expect(existsSync(unit)).toBe(true);
  expect((await service("uninstall")).out).toContain("daemon-reload");
  expect(existsSync(unit)).toBe(false);
  expect(existsSync(environment)).toBe(true);
  expect((await service("uninstall")).exitCode).toBe(1);
});
