import { TrunklineError } from "@trunkline/contract";
import { expect, it } from "vitest";
import { alice } from "../runner/testing/scripted-server.ts";
import type { Store } from "../store/port.ts";
import { withFilesOf } from "./ownership.ts";

const storeWith = (session: object | undefined): Store =>
  ({ sessions: { find: async () => session } }) as never;

it("files that go under a call's hands are a deleted session's, whatever their reader says of it", async () => {
  const missing = new Error("Can't find source path");
  const fail = async (): Promise<never> => Promise.reject(missing);
  await expect(withFilesOf(storeWith(undefined), alice, "s", fail)).rejects.toMatchObject({
    reason: "not_found",
  });
  await expect(withFilesOf(storeWith({}), alice, "s", fail)).rejects.toBe(missing);
  const refusal = new TrunklineError("session_busy", "busy");
  const refuse = async (): Promise<never> => Promise.reject(refusal);
  await expect(withFilesOf(storeWith(undefined), alice, "s", refuse)).rejects.toBe(refusal);
});
