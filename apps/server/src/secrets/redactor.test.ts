import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, isOrdinary } from "./redactor.ts";

const KEY = "sk-canary-0123456789";
const TOKEN = `tl_${"a1-_".repeat(10)}xyz`;

describe("redact", () => {
  const { redact } = createRedactor([KEY, 'q"uote\\d/key', "short"]);

  test.each([
    ["alone", KEY, "[redacted]"],
    ["in a text, twice", `a ${KEY}b${KEY}`, "a [redacted]b[redacted]"],
    ["our token, with anything before it", `TOKEN=x${TOKEN}.`, "TOKEN=x[redacted]."],
    ["as JSON spells it", JSON.stringify({ key: 'q"uote\\d/key' }), '{"key":"[redacted]"}'],
    ["as a URL spells it", encodeURIComponent('q"uote\\d/key'), "[redacted]"],
    ["nothing", "short tl_abc sk-canary", "short tl_abc sk-canary"],
  ])("%s", (_name, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test("of two secrets, one of which begins with the other, nothing is left", () => {
    expect(createRedactor([KEY, `${KEY}-more`]).redact(`${KEY}-more`)).toBe("[redacted]");
  });
});

describe("an ordinary word as a password", () => {
  const { redact, stream } = createRedactor(["trunkline", "disabled", "12345678", "pg-1"]);

  test("stays in texts and names", () => {
    const text = "Branch trunkline/fix-it is disabled; 12345678 rows, pg-1";
    expect(redact(text)).toBe(text);
  });

  test.each([
    ["postgres://app:trunkline@db/trunkline", "postgres://app:[redacted]@db/trunkline"],
    ["PGPASSWORD=trunkline psql", "PGPASSWORD=[redacted] psql"],
    ["host=db user=pg-1 password=pg-1", "host=db user=pg-1 password=[redacted]"],
    ["mysql://root:12345678@db", "mysql://root:[redacted]@db"],
  ])("goes where it is the password: %s", (text, expected) => {
    expect(redact(text)).toBe(expected);
    for (let cut = 1; cut < text.length; cut++) {
      const pieces = stream();
      expect(pieces.push(text.slice(0, cut)) + pieces.push(text.slice(cut)) + pieces.end()).toBe(expected);
    }
  });

  test.each([
    ["postgres", true],
    ["Trunk-Line dev", true],
    ["1234567890", true],
    ["s3cret!", true],
    ["correct horse battery staple", false],
    ["kT9vQ2xL", false],
    ["1f0c9a7e5b3d2468", false],
  ])("%s: %s", (secret, expected) => {
    expect(isOrdinary(secret)).toBe(expected);
  });
});

describe("a stream", () => {
  const redactor = createRedactor([KEY, "abababab-abab"]);

  test("is redacted wherever it is cut", () => {
    const part = fc.oneof(
      fc.constantFrom(KEY, TOKEN, "abababab-abab", "ab", "sk-", "t", "tl_", KEY.slice(0, 9), "\n", "ä"),
      fc.string({ maxLength: 5, unit: "grapheme" }),
    );
    const cuts = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), cuts, (parts, lengths) => {
        // Without common characters: otherwise each may be taken for part of the other.
        const text = parts.join(" ");
        const stream = redactor.stream();
        let told = "";
        for (let at = 0, index = 0; at < text.length; index++) {
          const length = lengths[index % lengths.length]! + 1;
          told += stream.push(text.slice(at, at + length));
          at += length;
        }
        told += stream.end();
        expect(told).toBe(redactor.redact(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test("holds nothing back that cannot become a secret", () => {
    const stream = redactor.stream();
    expect(stream.push("total 3\n")).toBe("total 3\n");
    expect(stream.push(`key ${KEY.slice(0, -1)}`)).toBe("key ");
    expect(stream.push("9")).toBe("[redacted]");
    expect(stream.push("ends with s")).toBe("ends with ");
    expect(stream.push("\n")).toBe("s\n");
    expect(stream.push(TOKEN.slice(0, 20))).toBe("");
    expect(stream.end()).toBe(TOKEN.slice(0, 20));
    expect(stream.end()).toBe("");
  });
});
