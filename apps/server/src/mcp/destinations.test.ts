import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { Destinations } from "./destinations.ts";
import type { McpDefinition } from "./port.ts";

const SIGNAL = new AbortController().signal;
const PRIVATE = ["Wiki.internal:8443", "plain.internal"];

/** @returns which way a connection to an address takes, or why it takes none. */
async function wayTo(address: string, { mayBePrivate = false, url = "https://mcp.example/" } = {}) {
  const way = (name: string) => async () => name as unknown as Socket;
  const destinations = new Destinations(PRIVATE, { publicWeb: way("public"), anywhere: way("anywhere") });
  const definition = {
    mayBePrivate,
    transport: { kind: "http", url, headers: [] },
  } as unknown as McpDefinition;
  return destinations
    .connectFor(definition)(new URL(address), SIGNAL)
    .catch((error: Error) => error.name);
}

it.each([
  ["https://mcp.example/", "public"],
  ["http://mcp.example/", "DestinationError"],
  ["https://127.0.0.1/", "public"],
  ["https://wiki.internal:8443/x", "anywhere"],
  ["http://wiki.internal:8443/x", "anywhere"],
  ["https://wiki.internal/", "public"],
  ["http://wiki.internal/", "DestinationError"],
  ["http://plain.internal:1/", "anywhere"],
])("a user's server and what it refers to: %s %s", async (address, way) => {
  expect(await wayTo(address)).toBe(way);
});

it("the operator's own address may be private, and nothing else that it refers to", async () => {
  const operators = { mayBePrivate: true, url: "http://10.0.0.1:9/mcp" };
  expect(await wayTo("http://10.0.0.1:9/mcp", operators)).toBe("anywhere");
  expect(await wayTo("http://10.0.0.1:10/mcp", operators)).toBe("DestinationError");
  expect(await wayTo("http://10.0.0.1:9/mcp", { ...operators, mayBePrivate: false })).toBe(
    "DestinationError",
  );
});

it("refuses an address that no user's server can have when it is written", () => {
  const never = async (): Promise<Socket> => Promise.reject(new Error("not reached"));
  const destinations = new Destinations(PRIVATE, { publicWeb: never, anywhere: never });
  expect(() => destinations.check("http://mcp.example/")).toThrow(/https/);
  for (const url of ["https://mcp.example/", "http://wiki.internal:8443/", "http://plain.internal/"]) {
    expect(() => destinations.check(url)).not.toThrow();
  }
});
