import { expect, test } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { InPlaceClaims } from "./in-place-claims.ts";

test("of two nodes that claim one directory at once, never both have it; whoever has it keeps it", async () => {
  await using temporary = await TemporaryDirectory.create();
  const unfinished = new Set<string>();
  const nodes = [1, 2].map(
    () =>
      new InPlaceClaims({
        directory: temporary.join("claims"),
        isUnfinished: async (taskId) => unfinished.has(taskId),
      }),
  );
  for (let round = 0; round < 50; round++) {
    const claims = ["/repo", "/repo/below"].map((directory, node) => {
      const [sessionId, taskId] = [`session-${node}`, `task-${round}-${node}`];
      unfinished.add(taskId);
      return nodes[node]!.claim({ directory, sessionId, taskId });
    });
    const outcomes = await Promise.allSettled(claims);
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { reason: "workspace_busy" } });
    if (refused.length === 1) {
      const loser = outcomes.findIndex(({ status }) => status === "rejected");
      const again = { directory: "/repo", sessionId: `session-${loser}`, taskId: `task-${round}-${loser}` };
      await expect(nodes[loser]!.claim(again)).rejects.toMatchObject({ reason: "workspace_busy" });
    }
    unfinished.clear();
  }
  await nodes[1]!.claim({ directory: "/repo", sessionId: "session-1", taskId: "after" });
});
