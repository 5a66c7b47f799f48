import { expect, it } from "vitest";
import { readTypedLine } from "./typed-message.ts";

it("reads a message, how it is sent, and commands", () => {
  const message = (text: string, whenBusy = "enqueue") => ({ kind: "message", text, whenBusy });
  expect(readTypedLine(" do it\nnow ")).toEqual(message("do it\nnow"));
  expect(readTypedLine("/steer use Postgres\nplease")).toEqual(message("use Postgres\nplease", "steer"));
  expect(readTypedLine("/now stop that")).toEqual(message("stop that", "interrupt"));
  expect(readTypedLine("//etc/hosts is wrong")).toEqual(message("/etc/hosts is wrong"));
  expect(readTypedLine("/stop")).toEqual({ kind: "stop" });
  expect(readTypedLine("/help")).toEqual({ kind: "help" });
  expect(readTypedLine("  ")).toEqual({ kind: "nothing" });
});

it("sends neither half a command nor an answer to a prompt that is not there", () => {
  for (const line of ["/steer", "/stop now", "/etc/hosts", "y", "No", "always"]) {
    expect(readTypedLine(line), line).toMatchObject({ kind: "refused" });
  }
});
