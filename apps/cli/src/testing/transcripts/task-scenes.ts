import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

/** Creates a session with a running task and two queued ones. @returns the first queued one */
async function queueUp({ client }: Stage): Promise<string> {
  const { sessionId } = await client.task.submit.mutate({ prompt: "wait: 600" });
  const { taskId } = await client.task.submit.mutate({ sessionId, prompt: "say: second" });
  await client.task.submit.mutate({ sessionId, prompt: "say: third" });
  return taskId;
}

export const TASK_SCENES: readonly Scene[] = [
  {
    of: "run",
    says: "A task in a new session, watched until it ends: a row per tool call with its output, and the answer as it streams in.",
    play: async (stage) => stage.type('run "write notes.txt: hello"'),
  },
  {
    of: "run",
    says: "`--continue` uses the latest session, `--session` any other. Long output is shortened at a terminal, never in a pipe.",
    play: async (stage) => stage.type('run --continue "run: cat notes.txt; seq 40"'),
  },
  {
    of: "run",
    says: "The prompt from a pipe; words and `--file` come before it.",
    play: async (stage) => {
      await stage.type("run", {
        shown: 'echo "run: echo from a pipe" | trunkline run',
        stdin: "run: echo from a pipe",
      });
    },
  },
  {
    of: "run",
    says: "A failed command is for the model to deal with; the exit code is the task's.",
    play: async (stage) => stage.type('run "run: cat missing.txt"'),
  },
  {
    of: "run",
    says: "Ctrl-C detaches; the task keeps running.",
    play: async (stage) => {
      await stage.interrupt('run "run: sleep 600"', async () => {
        const task = await stage.newestTask("working");
        return task.prompt === "run: sleep 600";
      });
      const { id } = await stage.newestTask();
      await stage.client.task.cancel.mutate({ taskId: id });
    },
  },
  {
    of: "run",
    says: "For scripts: submit only, print one event per line, or the final answer alone.",
    play: async (stage) => {
      await stage.type('run --detach "say: later"');
      await stage.newestTask("completed");
      await stage.type('run --final "say: the answer"');
      await stage.type('run --json "run: echo hello"', {
        shown: 'trunkline run --json "run: echo hello" | grep -E "tool.(called|ended)|completed"',
        filter: (line) => /tool.(called|ended)|completed/.test(line),
      });
    },
  },
  {
    of: "attach",
    says: "Shows a session and follows it until it is idle.",
    play: async (stage) => {
      const { sessionId } = await stage.newestTask();
      await stage.type(`attach ${sessionId}`);
    },
  },
  {
    of: "output",
    says: "All that a call put out; without `--call` of the session's last one.",
    play: async (stage) => {
      const { sessionId } = await stage.newestTask();
      await stage.type(`output ${sessionId}`);
    },
  },
  {
    of: "approve",
    says: "Calls that need an approval wait, for a day by default. At a terminal `run`, `attach` and `approve` show the whole call and ask; in a script options answer.",
    play: async (stage) => {
      await stage.client.task.submit.mutate({
        prompt: "fetch: http://127.0.0.1:1/\nfetch: http://127.0.0.1:2/",
      });
      const { sessionId } = await stage.newestTask("input-required");
      await stage.type("approve");
      const { approvals } = await stage.client.session.get.query({ sessionId });
      await stage.type(`approve ${approvals[0]?.id} --deny --note "not this one, please"`);
      await stage.newestTask("completed");
      await stage.type(`attach ${sessionId}`);
    },
  },
  {
    of: "answer",
    says: "Questions from agents wait as well; `answer QUESTION …` answers one, in words or with `--option`.",
    play: async (stage) => {
      const { sessionId } = await stage.client.task.submit.mutate({
        prompt: "ask: Shall I write it down?\nwrite notes.txt: yes",
      });
      await stage.newestTask("input-required");
      await stage.type("answer");
      const { items } = await stage.client.question.list.query({ sessionId });
      await stage.type(`answer ${items[0]?.id} in notes.txt, please`);
      await stage.newestTask("completed");
      await stage.type(`attach ${sessionId}`);
    },
  },
  {
    of: "tasks",
    says: "Newest first; with `--json` one task per line.",
    play: async (stage) => {
      await stage.type("tasks");
      await stage.type("tasks --state canceled --limit 1 --json");
    },
  },
  {
    of: "edit",
    says: "A queued task can be edited …",
    play: async (stage) => {
      await stage.type(`edit ${await queueUp(stage)} "say: something else"`);
    },
  },
  {
    of: "move",
    says: "… moved …",
    play: async (stage) => {
      const { items } = await stage.client.task.list.query({ states: ["submitted"] });
      const [third, second] = items;
      await stage.type(`move ${third?.id} --before ${second?.id}`);
      await stage.type(`tasks --state submitted,working`);
    },
  },
  {
    of: "steer",
    says: "… handed to the running task, which hears it after its current call …",
    play: async (stage) => {
      const { items } = await stage.client.task.list.query({ states: ["submitted"] });
      await stage.type(`steer ${items[0]?.id}`);
    },
  },
  {
    of: "cancel",
    says: "… and canceled, like a running one: its processes are gone when this returns.",
    play: async (stage) => {
      const { items } = await stage.client.task.list.query({ states: ["submitted", "working"] });
      for (const { id } of items) await stage.type(`cancel ${id}`);
      await stage.type(`cancel ${items[0]?.id}`);
    },
  },
  {
    of: "retry",
    says: "Retries a task as a new task in its session.",
    play: async (stage) => {
      const { id } = await stage.newestTask();
      await stage.type(`retry ${id}`);
      await stage.newestTask("completed");
    },
  },
  {
    of: "setup",
    says: "Retries the setup of a project's workspace after it has failed; this session has no project.",
    play: async (stage) => {
      const { sessionId } = await stage.newestTask();
      await stage.type(`setup ${sessionId}`);
    },
  },
  {
    of: "resume",
    says: "A task whose provider is rate-limited for hours waits for the limit to reset; it can be resumed at any time.",
    play: async (stage) => {
      const { id } = await stage.newestTask();
      await stage.type(`resume ${id}`);
    },
  },
];
