import { expect, it } from "vitest";
import { draftOfServer, EMPTY_MCP_DRAFT, inputOfDraft, wordsOf } from "./mcp-draft.ts";

it("splits a command as a shell does", () => {
  expect(wordsOf(`npx -y "@a/b c" 'it is' d\\ e ""`)).toEqual(["npx", "-y", "@a/b c", "it is", "d e", ""]);
});

it("a name without a value keeps the stored one", () => {
  const { transport } = inputOfDraft({
    ...EMPTY_MCP_DRAFT,
    kind: "http",
    target: " https://mcp.example/mcp ",
    secrets: "Authorization: Bearer a=b\nX-Team\n",
  });
  expect(transport).toEqual({
    kind: "http",
    url: "https://mcp.example/mcp",
    headers: { Authorization: "Bearer a=b", "X-Team": null },
  });
});

it("a server is the same after it was opened and saved", () => {
  const transport = {
    kind: "stdio",
    command: "node",
    args: ["server.js", `a "b" \\c`, ""],
    network: "off",
    allowedHosts: ["example.org"],
    environment: ["KEY"],
  } as const;
  const draft = draftOfServer({ name: "x", transport, trust: "annotations" } as never);
  expect(inputOfDraft(draft, transport.allowedHosts)).toEqual({
    name: "x",
    trust: "annotations",
    transport: { ...transport, environment: { KEY: null } },
  });
});
