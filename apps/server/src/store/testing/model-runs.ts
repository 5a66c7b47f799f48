import * as fc from "fast-check";

/** How long a model is tried in an ordinary test run, in ms; the last run may take longer. */
const TIME_LIMIT_MS = 8_000;

/** For the test's own deadline. */
export const MODEL_TEST_TIMEOUT_MS = process.env["TRUNKLINE_FC_RUNS"] === undefined ? 90_000 : 3_600_000;

/**
 * Tries a property with one seed after another: for some seconds, or TRUNKLINE_FC_RUNS times, however long that takes.
 * The seed is printed, and TRUNKLINE_FC_SEED begins with it; with TRUNKLINE_FC_RUNS=1 a failure is made small.
 * @returns how many runs there were. @throws what fast-check reports, with the seed that failed.
 */
export async function tryModel(what: string, property: fc.IAsyncProperty<unknown>): Promise<number> {
  const { TRUNKLINE_FC_SEED: seedText, TRUNKLINE_FC_RUNS: runsText } = process.env;
  const firstSeed = seedText === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(seedText);
  const wanted = runsText === undefined ? Number.POSITIVE_INFINITY : Number(runsText);
  const end = performance.now() + (runsText === undefined ? TIME_LIMIT_MS : Number.POSITIVE_INFINITY);
  console.log(`${what}: TRUNKLINE_FC_SEED=${firstSeed}`);
  let runs = 0;
  do {
    // Shrinking may take minutes, so it waits for somebody who asks for it, with the seed and a number of runs.
    const endOnFailure = runsText === undefined;
    await fc.assert(property, { seed: firstSeed + runs, numRuns: 1, plugins: [fc.unbiased()], endOnFailure });
    runs += 1;
  } while (runs < wanted && performance.now() < end);
  console.log(`${what}: ${runs} runs`);
  return runs;
}
