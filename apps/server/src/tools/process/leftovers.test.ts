import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { reapLeftovers } from "./leftovers.ts";
import { MARKER_VARIABLE, readBootId, readMarker, readProcess } from "./process-table.ts";

/** What a killed server leaves behind: a process in its own group, with or without the marker. */
async function leaveBehind(marker: string | null, command = "sleep 700") {
  const child = spawn("bash", ["-c", `echo up; ${command}`], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env["PATH"], ...(marker === null ? {} : { [MARKER_VARIABLE]: marker }) },
  });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  const pid = child.pid!;
  return { pid, startTime: readProcess(pid)!.startTime, ended, end: () => process.kill(-pid, "SIGKILL") };
}

const patience = { graceMs: 200, forceMs: 60_000 };

test("ends what carries this owner's marker, recorded or not, with what left its group", async () => {
  const owner = `test-${randomUUID()}`;
  const recorded = await leaveBehind(
    `${owner}.one`,
    "trap '' TERM; setsid sleep 701 & while :; do sleep 702; done",
  );
  const unrecorded = await leaveBehind(`${owner}.two`);
  const foreign = await leaveBehind(`other-${randomUUID()}.one`);
  const { pid, startTime } = recorded;
  const records = [{ pid, startTime, bootId: readBootId(), marker: `${owner}.one` }];
  expect(await reapLeftovers({ owner, records, patience })).toEqual([]);
  await Promise.all([recorded.ended, unrecorded.ended]);
  expect(readMarker(foreign.pid)).toMatch(/^other-/);
  foreign.end();
  await foreign.ended;
});

test("a recorded process without a marker is known by its start time, and so is its group", async () => {
  const left = await leaveBehind(null, "sleep 703 & sleep 704");
  const { pid, startTime } = left;
  const owner = `test-${randomUUID()}`;
  const records = [{ pid, startTime, bootId: readBootId(), marker: `${owner}.gone` }];
  expect(await reapLeftovers({ owner, records, patience })).toEqual([]);
  await left.ended;
});

test("another process under a recorded pid is left alone: other start time, or other boot", async () => {
  const stranger = await leaveBehind(null);
  const { pid, startTime } = stranger;
  const owner = `test-${randomUUID()}`;
  const bootId = readBootId();
  const records = [
    { pid, startTime: startTime - 1, bootId, marker: `${owner}.a` },
    { pid, startTime: startTime + 1, bootId, marker: `${owner}.b` },
    { pid, startTime, bootId: randomUUID(), marker: `${owner}.c` },
  ];
  expect(await reapLeftovers({ owner, records, patience })).toEqual([]);
  expect(readProcess(pid)).toMatchObject({ pid, startTime, isZombie: false });
  stranger.end();
  await stranger.ended;
});
