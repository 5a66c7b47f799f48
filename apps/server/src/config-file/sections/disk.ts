import { z } from "zod";

/** How much the server may keep. */
export const disk = z
  .strictObject({
    budgetBytes: z
      .int()
      .min(1_000_000)
      .describe(
        "What the data directory, and TRUNKLINE_SHARED_DIR where it is another one, may take on the disk. From 80 % on the " +
          "server warns; from 100 % on it refuses new tasks.",
      )
      .optional(),
    userBytes: z
      .int()
      .min(1_000_000)
      .describe(
        "What the workspaces, checkpoints and repositories of one user's sessions and projects may take. Without it, on a server of " +
          "several users, half of what all users' take and what is free beyond 1 GiB.",
      )
      .optional(),
  })
  .describe("How much the server may keep. Without it, as much as the disk holds, shared fairly.");

export type DiskSettings = z.infer<typeof disk>;
