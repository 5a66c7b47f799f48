import type { Project } from "@trunkline/contract";
import { Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useProjects } from "../projects/use-projects.ts";
import { Button } from "../ui/button.tsx";
import { ProjectForm } from "./project-form.tsx";
import { ProjectRow } from "./project-row.tsx";
import { Note, Section } from "./section.tsx";

/** Repositories that sessions can work in. */
export function ProjectsSection() {
  const { data: projects, isPending, isError, error, refetch } = useProjects();
  const [isMaking, setIsMaking] = useState(false);
  /** Those whose forms are open: to begin with another one gives none of them up. */
  const [editing, setEditing] = useState<ReadonlySet<string>>(new Set());
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (window.location.hash === "#projects") place.current?.scrollIntoView();
  }, []);
  return (
    <div ref={place} id="projects" className="scroll-mt-4">
      <Section
        title="Projects"
        action={
          !isMaking && (
            <Button size="small" onClick={() => setIsMaking(true)}>
              <Plus aria-hidden className="size-3.5" /> New project
            </Button>
          )
        }
      >
        {isMaking && <ProjectForm project={null} close={() => setIsMaking(false)} />}
        {isPending && <Note>Loading…</Note>}
        {isError && projects === undefined && (
          <div role="alert" className="flex items-center gap-3 px-4 py-2.5 text-sm text-muted">
            <span className="grow">Couldn't load projects. {error.message}</span>
            <Button size="small" onClick={() => void refetch()}>
              Retry
            </Button>
          </div>
        )}
        {projects?.length === 0 && !isMaking && (
          <Note>No projects yet. Add a repository, and sessions can work in clones of it.</Note>
        )}
        {projects?.map((project: Project) =>
          editing.has(project.id) ? (
            <ProjectForm
              key={project.id}
              project={project}
              close={() => setEditing((open) => new Set([...open].filter((id) => id !== project.id)))}
            />
          ) : (
            <ProjectRow
              key={project.id}
              project={project}
              edit={() => setEditing((open) => new Set([...open, project.id]))}
            />
          ),
        )}
      </Section>
    </div>
  );
}
