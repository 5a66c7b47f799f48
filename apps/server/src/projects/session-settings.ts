import type { Project } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { ProjectIdOf } from "./project-ids.ts";

interface SessionRef {
  sessionId: string;
  ownerId: string;
}

/** What a project's settings say for the sessions that work in it. */
export function createSessionSettings(
  { projects, events }: Pick<Store, "projects" | "events">,
  projectIdOf: ProjectIdOf,
  offered: Readonly<Record<string, string>>,
) {
  /** Null also if it is no longer shared with the session's owner. */
  const projectOf = async (session: SessionRef): Promise<Project | null> => {
    const projectId = await projectIdOf(session);
    const project = projectId === null ? undefined : await projects.find(projectId);
    return project !== undefined && (project.ownerId === session.ownerId || project.shared) ? project : null;
  };

  /** Whether the session starts where the project says. A fork's log begins with its parent's. */
  const isOnOwnBase = async ({ sessionId }: SessionRef, { baseRef }: Project): Promise<boolean> => {
    const asked = (await events.last(sessionId, ["session.created"]))?.data.baseRef;
    return asked === undefined || asked === baseRef;
  };

  return {
    /** What its owner tells the model; null: nothing. */
    instructionsOf: async (session: SessionRef): Promise<string | null> =>
      (await projectOf(session))?.instructions ?? null,

    /**
     * Variables that its commands get, of those that the operator offers; in the order of their names. None in a session
     * that starts elsewhere than the project does, e.g. from somebody's pull request: that runs what a stranger wrote.
     */
    async environmentOf(session: SessionRef): Promise<Readonly<Record<string, string>>> {
      // Asked before each step, and most servers offer none.
      if (Object.keys(offered).length === 0) return {};
      const project = await projectOf(session);
      if (project === null || !(await isOnOwnBase(session, project))) return {};
      const names = project.environment;
      return Object.fromEntries(
        Object.entries(offered)
          .filter(([name]) => names.includes(name))
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      );
    },
  };
}
