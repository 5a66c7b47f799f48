import * as fc from "fast-check";

/** How long a model is tried in an ordinary test run, in ms; the last run may take longer. */
const TIME_LIMIT_MS = 8_000;

/** How long a history that failed is made smaller, in ms; what it takes by itself included. */
const SHRINKING_LIMIT_MS = 60_000;

/** For the test's own deadline. */
export const MODEL_TEST_TIMEOUT_MS = process.env["TRUNKLINE_FC_RUNS"] === undefined ? 180_000 : 7_200_000;

/**
 * Tries a property with one seed after another: for some seconds, or TRUNKLINE_FC_RUNS times, however long that takes.
 * The seed is printed, and TRUNKLINE_FC_SEED begins with it. A failure is made smaller for up to a minute.
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
    // A failure is made smaller for as long as that may take, and told with its seed and path.
    await fc.assert(property, {
      seed: firstSeed + runs,
      numRuns: 1,
      plugins: [fc.unbiased(), fc.interruptAfterTimeLimit(SHRINKING_LIMIT_MS)],
    });
    runs += 1;
  } while (runs < wanted && performance.now() < end);
  console.log(`${what}: ${runs} runs`);
  return runs;
}
