import { expect, it } from "vitest";
import { testCompute } from "../compute/testing/test-compute.ts";
import { publicWeb } from "../network/public-web.ts";
import type { NetworkMode } from "../network/port.ts";
import { fixedNetwork } from "../network/testing/fixed-network.ts";
import { createRedactor } from "../secrets/redactor.ts";
import { BackgroundProcesses } from "./background/task-processes.ts";
import { createTools } from "./registry.ts";

const toolsFor = (mode: NetworkMode | "machine") =>
  createTools(
    {
      spawner: { isSandboxed: mode !== "machine", spawn: () => Promise.reject(new Error("not called")) },
      environment: {},
      redactor: createRedactor([]),
      webFetch: "on",
      compute: testCompute(),
      connect: publicWeb,
      networks: fixedNetwork("off"),
      processes: new BackgroundProcesses(),
    },
    mode === "machine" ? "off" : mode,
  );

const namesOf = (mode: NetworkMode | "machine", effect: string) =>
  toolsFor(mode).flatMap(({ name, effects }) => (effects.some((one) => one === effect) ? [name] : []));

it("H13: what brings strangers' words or files into a workspace says so; what reads them there need not", () => {
  expect(namesOf("off", "reads-untrusted")).toEqual(["web_fetch"]);
  expect(namesOf("allowlist", "reads-untrusted")).toEqual(["bash", "web_fetch"]);
  expect(namesOf("on", "reads-untrusted")).toEqual(["bash", "web_fetch"]);
  // docs/decisions/012: whoever runs commands on the bare machine answers for what they read.
  expect(namesOf("machine", "reads-untrusted")).toEqual(["web_fetch"]);
});

it("H13: what can carry something out says so", () => {
  expect(namesOf("off", "egress")).toEqual(["web_fetch"]);
  // Each of its hosts was allowed by somebody.
  expect(namesOf("allowlist", "egress")).toEqual(["web_fetch"]);
  expect(namesOf("on", "egress")).toEqual(["bash", "web_fetch"]);
  expect(namesOf("machine", "egress")).toEqual(["bash", "web_fetch"]);
});
