import type { Stage } from "./stage.ts";

/** A command in action. Scenes run one after the other on one stage, so each finds what earlier ones left. */
export interface Scene {
  /** Its command, e.g. `run` or `token create`. */
  of: string;
  /** What it shows, in a sentence. */
  says: string;
  play(stage: Stage): Promise<void>;
}
