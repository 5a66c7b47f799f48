import { expect, it } from "vitest";
import { readObservation } from "./observation.ts";

it.each([
  ["Tool call_1 result:\na.txt\n", { callId: "call_1", output: "a.txt\n", failed: false }],
  ["Tool call_1 result:\n", { callId: "call_1", output: "", failed: false }],
  ["Tool call_1 result:", { callId: "call_1", output: "", failed: false }],
  ["Tool x:7/ü failed: no such file", { callId: "x:7/ü", output: "no such file", failed: true }],
  ["Tool call_1 failed: ", { callId: "call_1", output: "", failed: true }],
  [
    "Tool call_1 failed: Tool call_1 result:\nx",
    { callId: "call_1", output: "Tool call_1 result:\nx", failed: true },
  ],
])("reads %j", (text, observation) => {
  expect(readObservation(text)).toEqual(observation);
});

it.each([
  "",
  "list files",
  "Tool result:\nx",
  "Tool a b result:\nx",
  " Tool a result:\nx",
  "Tool a result: x",
])("leaves a prompt alone: %j", (text) => {
  expect(readObservation(text)).toBeNull();
});
