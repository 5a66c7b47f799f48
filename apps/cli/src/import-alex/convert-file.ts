import type { ImportSessionInput } from "@trunkline/contract";
import type { FoundFiles } from "./find-files.ts";
import { readPlanFile } from "./plan.ts";
import type { LegacySession } from "./legacy-session.ts";
import type { CostRecords } from "./read-costs.ts";
import { readSession } from "./read-session.ts";
import { parseSource, readSource, tooLarge } from "./read-source.ts";
import { Remarks } from "./remarks.ts";
import { type Skip, skip } from "./skip.ts";
import { type Conversion, toDocument } from "./to-document.ts";
import { faultOf } from "./validate-document.ts";

/** The server's import limit in bytes, minus the wrapper around the document. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024 - 1024;

export interface ConvertedFile extends Conversion {
  session: LegacySession;
  remarks: Remarks;
}

/** Converts one session file into an import document; keeps no reference to it. */
export async function convertFile(
  { path, stem, planPath }: FoundFiles["sessions"][number],
  costs: CostRecords | null,
): Promise<ConvertedFile | { skip: Skip }> {
  const source = await readSource(path);
  if ("skip" in source) return source;
  const parsed = parseSource(source.text);
  if ("skip" in parsed) return parsed;
  const session = readSession(parsed.value, stem);
  if (session === null) return skip("not-a-session");
  const plan = planPath === null ? null : await readSource(planPath);
  if (plan !== null && "skip" in plan) return plan;

  const remarks = new Remarks();
  remarks.add("id-differs-from-name", session.id === stem ? 0 : 1);
  const conversion = toDocument(
    session,
    {
      plan: plan && readPlanFile(plan.text),
      costs: costs?.bySession.get(session.id) ?? null,
      fileTime: source.modifiedAt,
    },
    remarks,
  );
  if (conversion === null) return skip("empty");
  return checked({ ...conversion, session, remarks });
}

function checked(converted: ConvertedFile): ConvertedFile | { skip: Skip } {
  const { document, importKey } = converted;
  const fault = faultOf(document);
  if (fault !== null) return skip("unconvertible", fault);
  const request: ImportSessionInput = { document, importKey };
  const bytes = Buffer.byteLength(JSON.stringify(request));
  return bytes > MAX_REQUEST_BYTES ? skip("too-large", tooLarge(bytes, MAX_REQUEST_BYTES)) : converted;
}
