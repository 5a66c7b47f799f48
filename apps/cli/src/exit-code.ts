import type { TerminalTaskState } from "@trunkline/contract";

/** Meaning of the exit codes, as `--help` explains them. */
export const EXIT = {
  completed: 0,
  failed: 1,
  usage: 2,
  canceled: 3,
  unreachable: 4,
  /** 128 + SIGINT, by shell convention. */
  detached: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_OF_STATE: Readonly<Record<TerminalTaskState, ExitCode>> = {
  completed: EXIT.completed,
  failed: EXIT.failed,
  rejected: EXIT.failed,
  canceled: EXIT.canceled,
};

export const EXIT_CODE_HELP = `Exit codes:
  0    success: the task completed, or the command did
  1    the task failed or was rejected, or the server reported an error
  2    wrong usage, or a request that can't be met as it is
  3    the task was canceled
  4    no server, or it refused the token
  130  detached by Ctrl-C; the task keeps running
`;
