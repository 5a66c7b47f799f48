import { type ArgumentTest, DENIED_CALLS } from "./denied-calls.ts";

/** Supported architectures, by Node's name and the kernel's (AUDIT_ARCH, linux/audit.h). */
const ARCHITECTURES = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
type Architecture = keyof typeof ARCHITECTURES;

/** On x64, x32 calls have this bit in their number. */
const X32_BIT = 0x4000_0000;

const ENOSYS = 38;

/** Offsets in `struct seccomp_data` (seccomp(2)); an argument's low half comes first. */
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

/** Instructions of classic BPF (linux/filter.h) and a filter's return values (linux/seccomp.h). */
const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_OR_EQUAL = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const FAIL_WITH = 0x0005_0000;

interface Instruction {
  code: number;
  value: number;
  /** Instructions to skip. */
  ifTrue?: number;
  ifFalse?: number;
}

/**
 * Compiles the seccomp filter for bwrap's `--seccomp`. Calls of a foreign architecture, with other numbers, are denied
 * altogether: no 32-bit programs.
 * @returns null for an unsupported architecture.
 */
export function compileCallFilter(architecture: string = process.arch): Buffer | null {
  if (!isKnown(architecture)) return null;
  const missing: Instruction = { code: RETURN, value: FAIL_WITH | ENOSYS };
  const program: Instruction[] = [
    { code: LOAD, value: ARCHITECTURE_AT },
    { code: JUMP_EQUAL, value: ARCHITECTURES[architecture], ifTrue: 1 },
    missing,
    { code: LOAD, value: NUMBER_AT },
    { code: JUMP_GREATER_OR_EQUAL, value: X32_BIT, ifFalse: 1 },
    missing,
  ];
  for (const { numbers, error, where = [] } of DENIED_CALLS) {
    const number = numbers[architecture];
    if (number === undefined) continue;
    // A failed test continues after the block, with the call's number loaded again.
    const block: Instruction[] = [{ code: RETURN, value: FAIL_WITH | error }];
    for (const test of where.toReversed()) block.unshift(...compileTest(test, block.length));
    if (where.length > 0) block.push({ code: LOAD, value: NUMBER_AT });
    program.push({ code: JUMP_EQUAL, value: number, ifFalse: block.length }, ...block);
  }
  program.push({ code: RETURN, value: ALLOW });
  return encode(program);
}

/** Continues if the test holds, otherwise skips `rest` more instructions. */
function compileTest(test: ArgumentTest, rest: number): Instruction[] {
  const load: Instruction = { code: LOAD, value: argumentAt(test.argument) };
  if ("is" in test) return [load, { code: JUMP_EQUAL, value: test.is, ifFalse: rest }];
  if ("hasAnyOf" in test) return [load, { code: JUMP_ANY_BIT, value: test.hasAnyOf, ifFalse: rest }];
  if ("hasNoneOf" in test) return [load, { code: JUMP_ANY_BIT, value: test.hasNoneOf, ifTrue: rest }];
  const { isNoneOf } = test;
  return [
    load,
    ...isNoneOf.map((value, index) => ({
      code: JUMP_EQUAL,
      value,
      ifTrue: rest + isNoneOf.length - 1 - index,
    })),
  ];
}

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length);
  for (const [index, { code, value, ifTrue = 0, ifFalse = 0 }] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * index);
    bytes.writeUInt8(ifTrue, 8 * index + 2);
    bytes.writeUInt8(ifFalse, 8 * index + 3);
    bytes.writeUInt32LE(value, 8 * index + 4);
  }
  return bytes;
}

function isKnown(architecture: string): architecture is Architecture {
  return Object.hasOwn(ARCHITECTURES, architecture);
}
