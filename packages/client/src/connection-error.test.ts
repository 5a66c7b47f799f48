import { describe, expect, it } from "vitest";
import { TrunklineConnectionError } from "./connection-error.ts";

describe("what fetch threw", () => {
  it.each(["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"])(
    "is told in plain words where a browser says %j",
    (words) => {
      const error = TrunklineConnectionError.of(new TypeError(words));
      expect(error.message).toBe("The server can't be reached");
      expect(error.cause).toMatchObject({ message: words });
    },
  );

  it("is told with its cause where there is one", () => {
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:9");
    expect(TrunklineConnectionError.of(new TypeError("fetch failed", { cause })).message).toBe(
      "fetch failed: connect ECONNREFUSED 127.0.0.1:9",
    );
  });

  it("stays what it is where it was told before", () => {
    const error = new TrunklineConnectionError("The server ended the stream");
    expect(TrunklineConnectionError.of(error)).toBe(error);
  });
});
