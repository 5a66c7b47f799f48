/** Where to cut a text at or before `length` without splitting a surrogate pair. */
export function wholeLength(text: string, length: number): number {
  if (length >= text.length) return text.length;
  return isLowSurrogate(text.charCodeAt(length)) && isHighSurrogate(text.charCodeAt(length - 1))
    ? length - 1
    : Math.max(0, length);
}

/** The first `length` UTF-16 units at most, in whole characters. */
export function cutWhole(text: string, length: number): string {
  return text.slice(0, wholeLength(text, length));
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
