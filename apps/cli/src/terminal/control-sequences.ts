/**
 * Terminal control sequences (ECMA-48): CSI, the strings OSC, DCS, SOS, PM and APC up to their terminator, and shorter
 * escapes. Each class excludes the characters that start a sequence, so a match never reads past the next one and the
 * whole takes linear time. An unterminated string loses only its introducer: what follows may be the rest of the
 * output.
 */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])(?:[^\u0000-\u001f\u007f-\u009f]*(?:\u0007|\u001b\\|\u009c))?|\u001b[ -/]*[0-~]?/g;

/** @returns the text without control sequences; single control characters stay. */
export function withoutSequences(text: string): string {
  return text.replaceAll(SEQUENCE, "");
}
