import type { TrunklineClient } from "@trunkline/client";
import { type ApprovalDecision, OpenApprovals, type SessionEvent } from "@trunkline/contract";
import { canAsk } from "../terminal/ask.ts";
import type { Terminal } from "../terminal/terminal.ts";

const DECISIONS: Partial<Record<string, ApprovalDecision>> = { y: "allow", a: "always", n: "deny" };
const CTRL_C = "\u0003";

/** Lets the person who watches a session answer by a key what it asks. */
export interface AnswerKeys extends Disposable {
  see(event: SessionEvent): void;
  /** To be called once all events that there are have been seen: from now on keys count. */
  settle(): void;
}

/** Keys are listened to only while something is asked, so that the terminal is the person's own at all other times. */
export function openAnswerKeys(client: TrunklineClient, terminal: Terminal): AnswerKeys {
  const { in: stdin, err } = terminal;
  const open = new OpenApprovals();
  let listening = false;

  async function press(key: string): Promise<void> {
    // No signal comes of it while keys are read one by one.
    if (key === CTRL_C) return void process.emit("SIGINT");
    const decision = DECISIONS[key.toLowerCase()];
    const { first } = open;
    if (decision === undefined || first === null) return;
    if (decision === "always" && first.request.always === undefined) return;
    // The next key is for the next one, though the event that tells of this answer is still on its way.
    open.forget(first.id);
    await client.approval.answer.mutate({ approvalId: first.id, decision });
  }

  const onData = (data: Buffer | string): void => {
    for (const key of data.toString()) {
      // Somebody else was faster, the time was up, or the server is away: `trunkline approve` is there for another try.
      press(key).catch((error: unknown) => void err.write(`${describeFailure(error)}\n`));
    }
  };

  function listen(wanted: boolean): void {
    if (wanted === listening) return;
    listening = wanted;
    stdin.setRawMode(wanted);
    if (wanted) stdin.on("data", onData).resume();
    else stdin.off("data", onData).pause();
  }

  return {
    see: (event) => void open.apply(event),
    settle: () => listen(canAsk(terminal) && open.first !== null),
    [Symbol.dispose]: () => listen(false),
  };
}

function describeFailure(error: unknown): string {
  return `Not answered: ${error instanceof Error ? error.message : String(error)}`;
}
