/** Example prompts that run as they are. */
export interface Example {
  title: string;
  prompt: string;
}

/** The demo model understands only these commands. */
const DEMO: readonly Example[] = [
  { title: "Run a command", prompt: "run: ls -la" },
  { title: "Write a file", prompt: "write notes.txt: hello" },
  { title: "Read it back", prompt: "read notes.txt" },
  {
    title: "Stream an answer",
    prompt: "say: Many conversations share one trunk line, and none crosses into another.",
  },
];

const REAL: readonly Example[] = [
  { title: "List the workspace", prompt: "List the files in the workspace and tell me what is there." },
  {
    title: "Write and run a script",
    prompt: "Write a small Node script that prints the first 20 primes, run it, and show me its output.",
  },
  {
    title: "Check installed tools",
    prompt: "Which tools are installed here? Check versions of git, node, python and gcc.",
  },
  {
    title: "Explain a topic",
    prompt:
      "Create a short Markdown file that explains server-sent events with an example, then read it back to me.",
  },
];

export function examplesFor({ demo }: { demo: boolean }): readonly Example[] {
  return demo ? DEMO : REAL;
}
