import { formProblems, type FormValue, type QuestionForm } from "@trunkline/contract";
import { type SyntheticEvent, useState } from "react";
import { useDraft } from "../composer/use-draft.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "./form-fields.tsx";
import { shownValue, valuesOf } from "./form-values.ts";
import { typedFrom } from "./typed-form.ts";
import { notePlace } from "./unsent-words.ts";
import { useMayAnswer } from "./use-may-answer.ts";

interface FormCardProps {
  id: string;
  text: string;
  form: QuestionForm;
  isAnswering: boolean;
  accept: (values: Record<string, FormValue>) => void;
  decline: () => void;
}

/** What an MCP server asks for in the middle of a call: a form to fill in, or a page to open. */
export function FormCard({ id, text, form, isAnswering, accept, decline }: FormCardProps) {
  const { text: kept, draft } = useDraft(notePlace(id));
  const [isTried, setIsTried] = useState(false);
  const { isSettled, isMeant } = useMayAnswer(id);
  const isOff = !isSettled || isAnswering;
  const typed = typedFrom(kept);
  const values = valuesOf(form.fields, typed);
  const problems = formProblems(form.fields, values);
  const problemOf = (name: string): string | null => {
    const problem = isTried ? problems.find(({ field }) => field === name) : undefined;
    return problem === undefined ? null : `It ${problem.message}.`;
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isOff) return;
    setIsTried(true);
    if (problems.length === 0) accept(values);
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className="max-h-[45vh] space-y-2 overflow-y-auto px-3.5 pt-1">
        <p dir="auto" className="break-words whitespace-pre-wrap">
          {revealHidden(text)}
        </p>
        {form.url !== undefined && <Page url={form.url} />}
        {form.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={shownValue(field, typed)}
            problem={problemOf(field.name)}
            isOff={isAnswering}
            change={(value) => draft.write(JSON.stringify({ ...typed, [field.name]: value }))}
          />
        ))}
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2 px-3.5 pt-2 pb-2.5">
        <span className="min-w-0 grow text-xs text-muted">
          {form.url === undefined && form.fields.length > 0
            ? `What you enter goes to ${form.server} and into this session's log. Enter no passwords or keys.`
            : ""}
        </span>
        <Button
          look="quiet"
          disabled={isOff}
          onClick={(event) => {
            if (isMeant(event)) decline();
          }}
        >
          Decline
        </Button>
        <Button look="primary" type="submit" disabled={isOff}>
          {form.url !== undefined ? "I've done it" : form.fields.length > 0 ? "Send answer" : "Agree"}
        </Button>
      </div>
    </form>
  );
}

/** Nobody opens it but the user, who reads first where it leads. */
function Page({ url }: { url: string }) {
  const { host } = new URL(url);
  return (
    <p className="text-sm break-all">
      At <strong>{host}</strong>:{" "}
      <a href={url} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline">
        {url}
      </a>
    </p>
  );
}
