/**
 * Sequences that a terminal obeys instead of showing (ECMA-48): CSI, the strings OSC, DCS, SOS, PM and APC up to what
 * ends them, and the shorter escapes. Each class leaves out the characters that begin a sequence, so a match never
 * reads past the next one and the whole costs linear time, whatever a tool prints. A string that nothing ends loses its
 * introducer alone: what follows may be the rest of the output.
 */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])(?:[^\u0000-\u001f\u007f-\u009f]*(?:\u0007|\u001b\\|\u009c))?|\u001b[ -/]*[0-~]?/g;

/** @returns the text without control sequences; single control characters stay. */
export function withoutSequences(text: string): string {
  return text.replaceAll(SEQUENCE, "");
}
