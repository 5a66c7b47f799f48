import { expect, it } from "vitest";
import { testCompute } from "../compute/testing/test-compute.ts";
import { createRedactor } from "../secrets/redactor.ts";
import type { CommandReach } from "./port.ts";
import { createTools } from "./registry.ts";

const toolsFor = (reach: CommandReach) =>
  createTools({
    spawner: { reach, spawn: () => Promise.reject(new Error("not called")) },
    environment: {},
    redactor: createRedactor([]),
    webFetch: "on",
    compute: testCompute(),
  });

const namesOf = (reach: CommandReach, effect: string) =>
  toolsFor(reach).flatMap(({ name, effects }) => (effects.some((one) => one === effect) ? [name] : []));

it("H13: what brings strangers' words or files into a workspace says so; what reads them there need not", () => {
  expect(namesOf("workspace", "reads-untrusted")).toEqual(["web_fetch"]);
  expect(namesOf("network", "reads-untrusted")).toEqual(["bash", "web_fetch"]);
  // docs/decisions/012: whoever runs commands on the bare machine answers for what they read.
  expect(namesOf("machine", "reads-untrusted")).toEqual(["web_fetch"]);
});

it("H13: what can carry something out says so", () => {
  expect(namesOf("workspace", "egress")).toEqual(["web_fetch"]);
  expect(namesOf("network", "egress")).toEqual(["bash", "web_fetch"]);
  expect(namesOf("machine", "egress")).toEqual(["bash", "web_fetch"]);
});
