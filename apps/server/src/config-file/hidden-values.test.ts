import { expect, it } from "vitest";
import { withoutSecrets } from "./hidden-values.ts";

it.each([
  [
    ["--api-key", "abc", "--port", "80"],
    ["--api-key", "(hidden)", "--port", "80"],
  ],
  [
    ["--token=abc", "--verbose"],
    ["--token=(hidden)", "--verbose"],
  ],
  [
    ["--token", "--verbose"],
    ["--token", "--verbose"],
  ],
  [
    ["--header", "Authorization: Bearer abc"],
    ["--header", "Authorization: (hidden)"],
  ],
  [
    ["--env", "GITHUB_TOKEN=abc", "--env", "MODE=fast"],
    ["--env", "GITHUB_TOKEN=(hidden)", "--env", "MODE=fast"],
  ],
  [
    ["-y", "server", "sk-abcdefghijklmnop"],
    ["-y", "server", "(hidden)"],
  ],
  [["https://u:p@db.example/x"], ["https://(hidden)@db.example/x"]],
])("shows arguments of a server without what is secret: %j", (args, shown) => {
  expect(withoutSecrets({ mcpServers: { x: { command: "npx", args } } })).toEqual({
    mcpServers: { x: { command: "npx", args: shown } },
  });
});

it("shows addresses without keys, and headers without what is sent to prove something", () => {
  const url = "https://mcp.example/mcp?api_key=abc&region=eu";
  expect(withoutSecrets({ url, headers: { accept: "text/plain", "x-proof": "Bearer abc" } })).toEqual({
    url: "https://mcp.example/mcp?api_key=(hidden)&region=eu",
    headers: { accept: "text/plain", "x-proof": "(hidden)" },
  });
});

it("shows the names of variables, and what holds no secret as it is written", () => {
  const plain = {
    keyVariable: "GROQ_API_KEY",
    headers: { Authorization: { variable: "MCP" } },
    url: "https://x.example/A b",
  };
  expect(withoutSecrets(plain)).toEqual(plain);
});
