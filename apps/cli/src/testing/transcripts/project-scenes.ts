import type { Scene } from "./scene.ts";

/** Nothing is fetched here: that happens when a session starts. */
export const PROJECT_SCENES: readonly Scene[] = [
  {
    of: "project add",
    says: "A git URL, or a directory of the server's machine that its operator offers.",
    play: async (stage) => {
      await stage.type('project add zebra git@git.example.com:team/zebra.git --setup "npm ci"');
      await stage.type("project add web https://git.example.com/team/web.git --network off");
      await stage.type("project add home /home/ada/code");
    },
  },
  {
    of: "project list",
    says: "Yours and shared ones.",
    play: async (stage) => stage.type("project list"),
  },
  {
    of: "project set",
    says: "Takes effect in sessions that start from then on.",
    play: async (stage) => stage.type("project set zebra --base develop --allow-host artifacts.example.com"),
  },
  {
    of: "project credential",
    says: "From a pipe, so that neither the shell's history nor the list of processes has it.",
    play: async (stage) => {
      await stage.type("project credential web", {
        stdin: "glpat-example\n",
        shown: "pass show gitlab-token | trunkline project credential web",
      });
      await stage.type("project credential web --remove");
    },
  },
  {
    of: "project show",
    says: "All that a project says of itself.",
    play: async (stage) => stage.type("project show zebra"),
  },
  {
    of: "project remove",
    says: "Refused while sessions use it, unless you insist.",
    play: async (stage) => {
      await stage.type("project remove web");
      await stage.type("project remove zebra");
    },
  },
];
