import { describeDispatcher } from "./dispatcher-conformance.ts";
import { createInProcessDispatcher } from "./in-process.ts";

describeDispatcher({
  name: "in process",
  create: async (options) => createInProcessDispatcher(options),
  runs: 300,
});
