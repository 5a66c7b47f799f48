import { z } from "zod";

const days = z.int().positive().max(3_650).optional();

/** Which sessions the server removes by itself. */
export const retention = z
  .strictObject({
    archivedDays: days.describe("Remove archived sessions after this many days without activity."),
    idleDays: days.describe("Remove any session after this many days without activity."),
    maxBytes: z
      .int()
      .min(1_000_000)
      .optional()
      .describe(
        "Remove sessions, archived ones and those idle for longest first, while logs, workspaces, checkpoints and attachments " +
          "together take more bytes than this.",
      ),
    unpublished: z
      .enum(["keep", "discard"])
      .optional()
      .describe("Sessions in a project whose work is published nowhere: keep (the default) or discard it."),
  })
  .superRefine(({ archivedDays, idleDays, maxBytes }, context) => {
    if (archivedDays === undefined && idleDays === undefined && maxBytes === undefined) {
      context.addIssue({
        code: "custom",
        path: ["archivedDays"],
        message: "set it, idleDays or maxBytes, or leave retention out",
      });
    }
  })
  .describe(
    "Which sessions the server removes by itself. Without it, sessions stay until somebody deletes them.",
  );

export type RetentionSettings = z.infer<typeof retention>;
