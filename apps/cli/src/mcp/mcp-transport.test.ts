import type { McpTransport } from "@trunkline/contract";
import { expect, it } from "vitest";
import { CommandError } from "../command-error.ts";
import { transportFrom } from "./mcp-transport.ts";

const environment = { TOKEN: "t", OTHER: "o" };
const HTTP: McpTransport = { kind: "http", url: "https://mcp.example.com/", headers: ["Authorization", "X"] };
const PROGRAM: McpTransport = {
  kind: "stdio",
  command: "npx",
  args: ["-y", "server"],
  network: "off",
  allowedHosts: [],
  environment: ["A"],
};

it("tells addresses from programs, and reads values from variables", () => {
  expect(
    transportFrom(
      ["https://mcp.example.com/"],
      { header: ["Authorization=TOKEN"] },
      { before: null, environment },
    ),
  ).toEqual({ kind: "http", url: "https://mcp.example.com/", headers: { Authorization: "t" } });
  expect(transportFrom(["npx", "-y", "x"], { env: ["TOKEN"] }, { before: null, environment })).toEqual({
    kind: "stdio",
    command: "npx",
    args: ["-y", "x"],
    network: "allowlist",
    allowedHosts: [],
    environment: { TOKEN: "t" },
  });
});

it("keeps what it is not told to change", () => {
  expect(transportFrom([], { header: ["X=OTHER"] }, { before: HTTP, environment })).toMatchObject({
    url: HTTP.url,
    headers: { Authorization: null, X: "o" },
  });
  expect(transportFrom([], { drop: ["A"], network: "on" }, { before: PROGRAM, environment })).toEqual({
    ...PROGRAM,
    network: "on",
    environment: {},
  });
});

it.each([
  [["https://a.example/"], { env: ["TOKEN"] }],
  [["https://a.example/", "more"], {}],
  [["npx"], { header: ["X=TOKEN"] }],
  [["npx"], { env: ["MISSING"] }],
])("refuses %j %j", (words, options) => {
  expect(() => transportFrom(words, options, { before: null, environment })).toThrow(CommandError);
});
