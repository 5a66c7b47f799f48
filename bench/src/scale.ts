/** The server on a large store, beside itself on a small one; README.md explains the measures. */
import { measurePages } from "./scale/pages.ts";
import { measureSearch } from "./scale/search.ts";
import { ScaleRun } from "./scale/scale-run.ts";
import { runSuite } from "./run-suite.ts";

let run: ScaleRun | undefined;
try {
  await runSuite(
    "scale",
    { pages: measurePages, search: measureSearch },
    (options) => (run = new ScaleRun(options)),
  );
} finally {
  await run?.[Symbol.asyncDispose]();
}
