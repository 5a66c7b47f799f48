import type { CancelRequest } from "./port.ts";

/** Why a run's signal was aborted: somebody wants the task to end. */
export class CanceledSignal extends Error {
  override readonly name = "CanceledSignal";
  readonly request: CancelRequest;
  constructor(request: CancelRequest) {
    super(`canceled: ${request.reason}`);
    this.request = request;
  }
}

/** Why a run's signal was aborted: this server is going down, and the task goes on when it is back. */
export class ShutdownSignal extends Error {
  override readonly name = "ShutdownSignal";
}
