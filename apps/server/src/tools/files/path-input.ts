import { z } from "zod";

/** A path as a tool takes it. */
export const PathInput = z.string().min(1).max(4_096).describe("Relative to the workspace");
