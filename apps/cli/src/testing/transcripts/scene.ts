import type { Stage } from "./stage.ts";

/** A command at work. Scenes are played one after the other on one stage, so each finds what those before it left. */
export interface Scene {
  /** Of which command it is, e.g. `run` or `token create`. */
  of: string;
  /** What is seen, in a sentence. */
  says: string;
  play(stage: Stage): Promise<void>;
}
