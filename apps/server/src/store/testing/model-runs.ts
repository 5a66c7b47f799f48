import * as fc from "fast-check";

/** Duration of a model test in an ordinary run, in ms; the last run may exceed it. */
const TIME_LIMIT_MS = 8_000;

/** How long to shrink a failing history, in ms, including its own run time. */
const SHRINKING_LIMIT_MS = 60_000;

/** For the test's own timeout. */
export const MODEL_TEST_TIMEOUT_MS = process.env["TRUNKLINE_FC_RUNS"] === undefined ? 180_000 : 7_200_000;

/**
 * Tries a property with successive seeds: for some seconds, or TRUNKLINE_FC_RUNS times, however long that takes. The
 * seed is printed; TRUNKLINE_FC_SEED sets the first one. A failure is shrunk for up to a minute.
 * @returns the number of runs. @throws fast-check's report, with the failing seed.
 */
export async function tryModel(what: string, property: fc.IAsyncProperty<unknown>): Promise<number> {
  const { TRUNKLINE_FC_SEED: seedText, TRUNKLINE_FC_RUNS: runsText } = process.env;
  const firstSeed = seedText === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(seedText);
  const wanted = runsText === undefined ? Number.POSITIVE_INFINITY : Number(runsText);
  const end = performance.now() + (runsText === undefined ? TIME_LIMIT_MS : Number.POSITIVE_INFINITY);
  console.log(`${what}: TRUNKLINE_FC_SEED=${firstSeed}`);
  let runs = 0;
  do {
    // Shrinks a failure within the time limit, and reports it with seed and path.
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
