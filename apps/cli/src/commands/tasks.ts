import { isTerminalTaskState, TASK_STATES, type Task, type TaskState } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge, formatDuration } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { findSession } from "./find-id.ts";
import { parseChoices, parseId, parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface TasksOptions {
  session?: string;
  state?: TaskState[];
  limit: number;
  json?: true;
}

export function tasksCommand(context: CommandContext): Command {
  return new Command("tasks")
    .summary("list tasks, newest first")
    .description(
      "List your tasks, newest first. Queued tasks show their place in the queue of their session.",
    )
    .option("-s, --session <id>", "of this session only", parseId("sessions"))
    .option(
      "--state <state>",
      `in this state only: ${TASK_STATES.join(", ")}; may be repeated`,
      parseChoices(TASK_STATES),
    )
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one task per line as JSON")
    .action(async (options: TasksOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const named = options.session;
      const sessionId = named === undefined ? undefined : await findSession(context, client, named);
      const filter = { sessionId, states: options.state };
      const found = await awaiting(
        terminal.err,
        "Loading",
        takeItems(options.limit, (page) => client.task.list.query({ ...filter, ...page })),
      );
      const filtered = options.session !== undefined || options.state !== undefined;
      await printListing(terminal, found, {
        columns: taskColumns(
          terminal.out.colors,
          context.clock.now(),
          found.hasMore ? new Map<string, number>() : placesInQueue(found.items),
        ),
        json: options.json === true,
        none: filtered ? "No task matches." : `No tasks yet. Start one: ${hints(context)("run", "…")}`,
      });
    });
}

/** @returns each queued task's position in its session's queue; known only for a complete list. */
function placesInQueue(tasks: readonly Task[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const lengths = new Map<string, number>();
  for (const { id, sessionId } of tasks
    .filter(({ state }) => state === "submitted")
    .toSorted((one, other) => one.pos - other.pos)) {
    const place = (lengths.get(sessionId) ?? 0) + 1;
    lengths.set(sessionId, place);
    places.set(id, place);
  }
  return places;
}

function taskColumns(colors: Colors, nowMs: number, places: ReadonlyMap<string, number>): Column<Task>[] {
  const paintOfState: Readonly<Record<string, (text: string) => string>> = {
    submitted: colors.dim,
    working: colors.cyan,
    "input-required": colors.yellow,
    completed: colors.green,
    failed: colors.red,
    canceled: colors.yellow,
    rejected: colors.red,
  } satisfies Record<TaskState, unknown>;
  return [
    { title: "TASK", cell: ({ id }) => id },
    {
      title: "STATE",
      cell: ({ id, state }) => (places.has(id) ? `queued, no. ${places.get(id)}` : state),
      paint: (text, { state }) => paintOfState[state]?.(text) ?? text,
    },
    { title: "AGE", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    { title: "TOOK", cell: (task) => tookSoFar(task, nowMs), align: "right", spare: true },
    { title: "PROMPT", cell: ({ prompt }) => oneLine(prompt) },
  ];
}

function tookSoFar({ state, startedAt, endedAt }: Task, nowMs: number): string {
  if (startedAt === null) return "-";
  const untilMs = endedAt ?? (isTerminalTaskState(state) ? startedAt : nowMs);
  return formatDuration(untilMs - startedAt);
}
