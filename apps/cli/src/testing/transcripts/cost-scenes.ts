import type { Scene } from "./scene.ts";

export const COST_SCENES: readonly Scene[] = [
  {
    of: "cost",
    says: "By day, session, model, user or project.",
    play: async (stage) => {
      await stage.client.task.submit.mutate({ prompt: "say: what does this cost?" });
      await stage.newestTask("completed");
      await stage.type("cost --by model --session last");
    },
  },
  {
    of: "run",
    says: "With a budget: the task ends cleanly once it is used up, and says how to go on.",
    play: async (stage) => {
      await stage.type('run --no-project --budget 0.50usd,1step "run: echo once"');
    },
  },
  {
    of: "retry",
    says: "With other limits.",
    play: async (stage) => {
      await stage.type("retry last --budget 5steps");
      await stage.newestTask("completed");
    },
  },
  {
    of: "budget",
    says: "For a session; without one, for everything of yours.",
    play: async (stage) => {
      await stage.type("budget 0.50usd,40steps --session last");
      await stage.type("budget none --session last");
    },
  },
];
