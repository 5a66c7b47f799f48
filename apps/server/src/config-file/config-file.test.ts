import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SCHEMA_FILE, schemaFile } from "./docs/schema-file.ts";
import { parseConfigFile } from "./parse-config-file.ts";
import { checkConfigFile, readConfigFile } from "./read-config-file.ts";

const GROQ = {
  kind: "openai-compatible",
  baseUrl: "https://api.groq.com/openai/v1",
  keyVariable: "GROQ_API_KEY",
  headers: { "x-title": "Trunkline", "x-gateway-key": { variable: "GATEWAY_KEY" } },
};

it("the published schema is the one that is checked", async () => {
  expect(await readFile(SCHEMA_FILE, "utf8"), "run `pnpm docs:config`").toBe(schemaFile());
});

it.each([
  ["{", /^not valid JSON: .*line 1/],
  ['{\n// mine\n"providers": {},}', /^not valid JSON: .*line 3/],
  [[], /^the file: /],
  [{ provider: {} }, "provider: unknown setting. Did you mean providers?"],
  [{ colour: "red" }, /^colour: unknown setting\. Known here: \$schema, basePath, providers/],
  [
    { providers: { x: { ...GROQ, baseURL: "" } } },
    "providers.x.baseURL: unknown setting. Did you mean baseUrl?",
  ],
  [{ providers: { x: {} } }, /^providers\.x\.kind: missing\. The API that it speaks/],
  [
    { providers: { x: { kind: "groq" } } },
    /^providers\.x\.kind: .*"openai-compatible".*\. The API that it speaks/,
  ],
  [
    { providers: { "My one": GROQ } },
    'providers["My one"]: the name must be up to 32 lower-case letters, digits and hyphens',
  ],
  [
    { providers: { x: { ...GROQ, keyVariable: "sk-123" } } },
    /^providers\.x\.keyVariable: takes the name of an env/,
  ],
  [{ providers: { x: { ...GROQ, headers: { a: 1 } } } }, /^providers\.x\.headers\.a: /],
  [{ providers: { x: { ...GROQ, quirks: ["odd"] } } }, /^providers\.x\.quirks\[0\]: /],
  [
    { models: { "grok:4": { effort: "high" } }, providers: { groq: GROQ } },
    "models[\"grok:4\"]: there is no provider 'grok'. Known here: groq, openai-compatible, openai, anthropic, google",
  ],
  [
    { models: { "openai:x": { contextTokens: 8_000, maxOutputTokens: 8_000 } } },
    /^models\["openai:x"\]\.maxOutputTokens: must be less than contextTokens \(8000\), which holds prompt and answer\./,
  ],
  [
    { models: { "openai:*": { efforts: ["low", "high"], effort: "max" } } },
    /^models\["openai:\*"\]\.effort: must be one of efforts: low, high\./,
  ],
  [
    { models: { "openai:x": { effort: "lots" } } },
    /^models\["openai:x"\]\.effort: .*"low".*Reasoning effort/,
  ],
  [
    { models: { gpt: {} } },
    "models.gpt: the name must be PROVIDER:MODEL, or PROVIDER:* for all models of a provider",
  ],
])("explains what is wrong with %j", (file, message) => {
  const parsed = parseConfigFile(typeof file === "string" ? file : JSON.stringify(file));
  const faults = "faults" in parsed ? parsed.faults : [];
  if (typeof message === "string") expect(faults).toEqual([message]);
  else expect(faults).toEqual([expect.stringMatching(message)]);
});

it("reads the file with the variables that it names; what they hold is secret", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-config-"));
  const path = join(directory.path, "trunkline.config.json");
  const none = await readConfigFile(path, () => undefined);
  expect(none.sections).toEqual({});
  expect(await checkConfigFile(path, () => true)).toBeNull();
  await writeFile(path, '// why "x"\n{ "basePath": "/a//b", /* c */ "$schema": "http://x/y" }');
  expect(await checkConfigFile(path, () => true)).toMatchObject({
    faults: [expect.stringMatching(/^basePath: takes/)],
  });

  await writeFile(path, JSON.stringify({ $schema: "x", providers: { groq: GROQ } }));
  const file = await readConfigFile(path, (name) => `value of ${name}`);
  expect(file.sections.providers).toEqual({ groq: GROQ });
  expect(file.secrets).toEqual(["value of GROQ_API_KEY", "value of GATEWAY_KEY"]);
  expect(file.valueOf("GATEWAY_KEY")).toBe("value of GATEWAY_KEY");

  await expect(readConfigFile(path, (name) => (name === "GROQ_API_KEY" ? "k" : undefined))).rejects.toThrow(
    "providers.groq.headers.x-gateway-key.variable: GATEWAY_KEY is not set",
  );
  expect(await checkConfigFile(path, (name) => name !== "GROQ_API_KEY")).toEqual({
    sections: ["providers"],
    unset: ["GROQ_API_KEY"],
  });
});
