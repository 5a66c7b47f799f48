import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

it("takes each secret from a file as well, and knows what nobody may see of it", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-config-"));
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(directory.path, name);
    await writeFile(path, `${text}\n`);
    return path;
  };
  const config = readConfig({
    TRUNKLINE_DATABASE_URL_FILE: await file("database", "postgres://trunkline:of-the-database@db/trunkline"),
    TRUNKLINE_METRICS_TOKEN_FILE: await file("metrics", "of-prometheus"),
    OPENAI_API_KEY_FILE: await file("openai", "of-openai"),
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_EXPORTER_OTLP_HEADERS_FILE: await file("otlp", "x-key=of-the-collector"),
  });
  expect(config.databaseUrl).toBe("postgres://trunkline:of-the-database@db/trunkline");
  expect(config.metricsToken).toBe("of-prometheus");
  expect(config.models.openaiApiKey).toBe("of-openai");
  expect(config.traces?.headers).toEqual({ "x-key": "of-the-collector" });
  expect(config.secrets.toSorted()).toEqual([
    "of-openai",
    "of-prometheus",
    "of-the-collector",
    "of-the-database",
  ]);
  expect(() => readConfig({ TRUNKLINE_DATABASE_URL_FILE: "/nowhere" })).toThrow(
    "TRUNKLINE_DATABASE_URL_FILE names /nowhere, which can't be read (ENOENT)",
  );
  // A service's environment file knows no shell.
  const atHome = relative(homedir(), await file("at-home", "of-home"));
  expect(readConfig({ OPENAI_API_KEY_FILE: `~/${atHome}` }).models.openaiApiKey).toBe("of-home");
});

it("knows a password as it is and as its address spells it", () => {
  const { secrets } = readConfig({
    TRUNKLINE_DATABASE_URL: "postgres://trunkline:a%40b%2Fc%25d@db/trunkline",
  });
  expect(secrets).toEqual(expect.arrayContaining(["a%40b%2Fc%25d", "a@b/c%d"]));
});
