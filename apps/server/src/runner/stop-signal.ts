import type { CancelRequest } from "./port.ts";

/** Abort reason: the task was canceled. */
export class CanceledSignal extends Error {
  override readonly name = "CanceledSignal";
  readonly request: CancelRequest;
  constructor(request: CancelRequest) {
    super(`canceled: ${request.reason}`);
    this.request = request;
  }
}

/** Abort reason: the task has another attempt by now, and what this one does is nobody's any more. */
export class TakenOverSignal extends Error {
  override readonly name = "TakenOverSignal";
}

/** Abort reason: this server is shutting down, and the task resumes when it is back. */
export class ShutdownSignal extends Error {
  override readonly name = "ShutdownSignal";
}
