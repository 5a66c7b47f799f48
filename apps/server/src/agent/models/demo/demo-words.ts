import type { DemoTurn } from "./demo-turn.ts";

/** The answer to a prompt that it does not understand. */
export const DEMO_HELP = `**This is the demo model.** It is a script, not an AI: it needs no key, and it understands just these lines, one or several at a time:

| line | what it does |
|---|---|
| \`run: ls -la\` | runs a shell command |
| \`write notes.txt: hello\` | writes a file |
| \`read notes.txt\` | reads it |
| \`edit notes.txt: hello => goodbye\` | replaces text in it |
| \`list\` | lists the workspace |
| \`fetch: https://example.com\` | reads a web page |
| \`ask: May I?\` | asks you, and waits for your answer |
| \`say: any words\` | streams them |
| \`wait: 5\` | takes its time |

To work with a real model, set one of these and restart the server:

- \`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\` or \`GOOGLE_GENERATIVE_AI_API_KEY\`
- \`OPENAI_BASE_URL\` for Ollama, llama.cpp, vLLM and other OpenAI-compatible servers
`;

/** Prefix of all other answers, so that nobody takes it for a real model. */
export const DEMO_LABEL = "**Demo model:**";

/** The last sentence of a script with calls. */
export function summarize({ results }: Pick<DemoTurn, "results">): string {
  const sentences = results.map(({ action, output }) => {
    const what = `\`${action.label}\``;
    if (output.type === "execution-denied") return `${what} was not allowed`;
    const text = output.type === "text" || output.type === "error-text" ? output.value : "";
    const exitCode = /\[exit code (\d+)\]$/.exec(text)?.[1];
    if (action.tool === "bash") {
      if (output.type === "text") return `${what} ended with exit code 0`;
      return exitCode === undefined
        ? `${what} did not end by itself`
        : `${what} ended with exit code ${exitCode}`;
    }
    if (action.tool === "ask_user") return `${what} was answered: ${text.replaceAll("\n", " ")}`;
    return output.type === "text"
      ? `${action.tool} of ${what} succeeded`
      : `${action.tool} of ${what} failed`;
  });
  return `${sentences.join("; ")}.`;
}
