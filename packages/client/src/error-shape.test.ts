import { expect, it } from "vitest";
import { readErrorShape } from "./error-shape.ts";

const data = { code: "CONFLICT", httpStatus: 409, reason: "session_busy", path: "task.submit" };

it("reads an error alone and inside an answer", () => {
  const shape = { message: "Busy", code: -32009, data };
  expect(readErrorShape(shape, 500)).toEqual(shape);
  expect(readErrorShape({ error: shape }, 500)).toEqual(shape);
});

it("falls back to the status for a reason that it does not know", () => {
  const shape = { message: "New", code: 1, data: { ...data, reason: "not_invented_yet", httpStatus: 404 } };
  expect(readErrorShape(shape, 500).data).toMatchObject({
    reason: "not_found",
    httpStatus: 404,
    code: "CONFLICT",
  });
});

it.each([
  [401, "unauthorized"],
  [408, "unavailable"],
  [418, "validation_failed"],
  [421, "forbidden"],
  [500, "internal"],
  [503, "unavailable"],
])("makes the best of an answer of something else: %i", (status, reason) => {
  for (const body of [null, undefined, 7, "text", [], {}, { error: "no" }, { data: null }]) {
    expect(readErrorShape(body, status)).toMatchObject({
      message: `The server answered with HTTP status ${status}`,
      data: { httpStatus: status, reason },
    });
  }
});

it("says that an address may lack its base path: 404 of something else", () => {
  expect(readErrorShape(null, 404)).toMatchObject({
    message:
      "No Trunkline server answers at this address (HTTP status 404): check it, and the base path that it may have",
    data: { httpStatus: 404, reason: "not_found" },
  });
});

it.each([414, 431])("says what to do about a query that does not fit into an address: %i", (status) => {
  expect(readErrorShape(null, status)).toMatchObject({
    message: "The request is too long: shorten the text in it",
    data: { httpStatus: status, reason: "validation_failed" },
  });
});
