/** What a worker process is asked to do. */
export interface Work {
  /** URL of the job's module. */
  module: string;
  input: unknown;
}

/** `cpuSeconds`: what the process has used since it started. */
export type Reply = { cpuSeconds: number } & (
  | { type: "returned"; value: unknown }
  | { type: "thrown"; error: unknown }
);
