import { exec } from "node:child_process";
import { readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { compileCallFilter } from "./call-filter.ts";
import { DENIED_CALLS } from "./denied-calls.ts";
import { bwrap, SandboxBench } from "./testing/sandbox-bench.ts";

const ALLOWED = 0x7fff_0000;
const errno = (number: number): number => 0x0005_0000 | number;

/** Evaluates the program like the kernel, so that filters for other architectures can be tested here. */
function answer(program: Buffer, call: { arch: number; number: number; arguments?: number[] }): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number, 0);
  data.writeUInt32LE(call.arch, 4);
  for (const [index, value] of (call.arguments ?? []).entries())
    data.writeUInt32LE(value >>> 0, 16 + 8 * index);
  let register = 0;
  for (let at = 0; ; at++) {
    const code = program.readUInt16LE(8 * at);
    const value = program.readUInt32LE(8 * at + 4);
    const skip = (isTrue: boolean): number => program.readUInt8(8 * at + (isTrue ? 2 : 3));
    if (code === 0x06) return value;
    if (code === 0x20) register = data.readUInt32LE(value);
    else if (code === 0x15) at += skip(register === value);
    else if (code === 0x35) at += skip(register >= value);
    else if (code === 0x45) at += skip((register & value) !== 0);
    else throw new Error(`instruction ${code}`);
  }
}

describe.each([
  ["x64", 0xc000_003e],
  ["arm64", 0xc000_00b7],
] as const)("H7: the filter for %s", (architecture, arch) => {
  const program = compileCallFilter(architecture)!;

  it("denies what is always denied, and allows the numbers in between", () => {
    const denied = new Map<number | undefined, number>();
    for (const { numbers, error, where } of DENIED_CALLS) {
      // Conditional ones are tested below.
      denied.set(numbers[architecture], where === undefined ? errno(error) : -1);
    }
    const numbers = Array.from({ length: 480 }, (_, number) => number).filter(
      (number) => denied.get(number) !== -1,
    );
    expect(numbers.map((number) => [number, answer(program, { arch, number })])).toEqual(
      numbers.map((number) => [number, denied.get(number) ?? ALLOWED]),
    );
  });

  it("looks at arguments where it has to", () => {
    const numberOf = (x64: number): number =>
      DENIED_CALLS.find(({ numbers }) => numbers.x64 === x64)!.numbers[architecture]!;
    const ask = (x64: number, ...values: number[]): number =>
      answer(program, { arch, number: numberOf(x64), arguments: values });
    const [clone, socket, ioctl, fallocate, fchmod, openat] = [56, 41, 16, 285, 91, 257];
    expect(ask(clone, 0x0120_0011)).toBe(ALLOWED);
    expect(ask(clone, 0x1000_0011)).toBe(errno(1));
    for (const family of [1, 2, 10]) expect(ask(socket, family, 1, 0)).toBe(ALLOWED);
    for (const family of [3, 17, 38, 40, 44]) expect(ask(socket, family, 1, 0)).toBe(errno(97));
    expect(ask(socket, 16, 3, 0)).toBe(ALLOWED);
    expect(ask(socket, 16, 3, 12)).toBe(errno(97));
    expect(ask(ioctl, 0, 0x5401)).toBe(ALLOWED);
    expect(ask(ioctl, 0, 0x5412)).toBe(errno(1));
    expect(ask(fallocate, 3, 0)).toBe(errno(95));
    expect(ask(fallocate, 3, 3)).toBe(ALLOWED);
    expect(ask(fchmod, 3, 0o755)).toBe(ALLOWED);
    expect(ask(fchmod, 3, 0o4755)).toBe(errno(1));
    expect(ask(openat, 3, 0, 0, 0o6777)).toBe(ALLOWED);
    expect(ask(openat, 3, 0, 0x41, 0o644)).toBe(ALLOWED);
    expect(ask(openat, 3, 0, 0x41, 0o2755)).toBe(errno(1));
  });

  it("knows no calls of another processor's kind", () => {
    expect(answer(program, { arch: 0x4000_0003, number: 1 })).toBe(errno(38));
    expect(answer(program, { arch, number: 0x4000_0001 })).toBe(errno(38));
  });
});

it("has a filter for the processors that it knows alone", () => {
  expect(compileCallFilter("riscv64")).toBeNull();
});

/**
 * Prints the error of each call by name; 0 if it was allowed. Never run this outside the sandbox: as root these calls
 * change the machine, so it exits if the process namespace is that of the test runner.
 */
const tryCalls = (ownNamespace: string): string => String.raw`
import ctypes, json, os, platform, sys
if os.readlink("/proc/self/ns/pid") == "${ownNamespace}": sys.exit(99)
libc = ctypes.CDLL(None, use_errno=True)
arm = platform.machine() == "aarch64"
def call(x64, arm64, *args):
    ctypes.set_errno(0)
    result = libc.syscall(arm64 if arm else x64, *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    return ctypes.get_errno() if result < 0 else 0
open("file", "w").close()
print(json.dumps({
  "keyctl": call(250, 219, 0, -3, 1),
  "add_key": call(248, 217, b"user", b"x", b"y", 1, -3),
  "request_key": call(249, 218, b"user", b"x", None, 0),
  "ptrace": call(101, 117, 16, 1, 0, 0),
  "process_vm_readv": call(310, 270, 1, None, 0, None, 0, 0),
  "pidfd_getfd": call(438, 438, 0, 3, 0),
  "bpf": call(321, 280, 0, None, 0),
  "perf_event_open": call(298, 241, None, 0, -1, -1, 0),
  "userfaultfd": call(323, 282, 1),
  "mount": call(165, 40, b"none", b"/tmp", b"tmpfs", 0, None),
  "unshare": call(272, 97, 0x10000000),
  "setns": call(308, 268, 0, 0),
  "clone": call(56, 220, 0x10000011, 0, 0, 0, 0),
  "clone3": call(435, 435, None, 0),
  "io_uring_setup": call(425, 425, 1, None),
  "vsock": call(41, 198, 40, 1, 0),
  "alg": call(41, 198, 38, 5, 0),
  "packet": call(41, 198, 17, 3, 0),
  "kexec_load": call(246, 104, 0, 0, None, 0),
  "fallocate": call(285, 47, os.open("file", os.O_RDWR), 0, 0, 1 << 20),
  "setuid": call(268, 53, -100, b"file", 0o4755),
  "setgid": call(268, 53, -100, b"file", 0o2755),
  "plain": call(268, 53, -100, b"file", 0o755),
  "inet": call(41, 198, 2, 1, 0),
}))
`;

describe.skipIf(bwrap === null)("H7: in the sandbox", () => {
  it("denied calls fail, one by one, with an error that programs know", async () => {
    await using bench = await SandboxBench.create();
    const { output } = await bench.run(`python3 -c '${tryCalls(await readlink("/proc/self/ns/pid"))}'`);
    const [EPERM, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT] = [1, 38, 95, 97];
    expect(JSON.parse(output)).toEqual({
      ...Object.fromEntries(
        (
          "keyctl add_key request_key ptrace process_vm_readv pidfd_getfd bpf perf_event_open userfaultfd mount unshare " +
          "setns clone kexec_load setuid setgid"
        )
          .split(" ")
          .map((name) => [name, EPERM]),
      ),
      clone3: ENOSYS,
      io_uring_setup: ENOSYS,
      vsock: EAFNOSUPPORT,
      alg: EAFNOSUPPORT,
      packet: EAFNOSUPPORT,
      fallocate: EOPNOTSUPP,
      plain: 0,
      inet: 0,
    });
  });

  it("each command has a session keyring of its own, apart from the filter", async () => {
    const ask = `python3 -c 'import ctypes, platform; print(ctypes.CDLL(None).syscall(219 if platform.machine() == "aarch64" else 250, 0, -3, 0))'`;
    const { stdout: ours } = await promisify(exec)(ask);
    // Where the machine itself lets nobody near the keys, there is nothing to keep apart.
    if (Number(ours) < 0) return;
    await using bench = await SandboxBench.create({ unfiltered: true });
    const [first, second] = [await bench.run(ask), await bench.run(ask)].map(({ output }) => Number(output));
    expect(first).toBeGreaterThan(0);
    expect(new Set([Number(ours), first, second]).size).toBe(3);
  });

  it("the keys of the server's user are not told", async () => {
    await using bench = await SandboxBench.create();
    expect((await bench.run("cat /proc/keys /proc/key-users 2>/dev/null")).output).toBe("");
  });

  it.each([
    ["node", `node -e 'console.log([1,2].map(x=>x*2).join())'`, "2,4"],
    [
      "threads",
      `python3 -c 'import threading as t; x=[t.Thread(target=print, args=(i,)) for i in range(2)]; [(y.start(), y.join()) for y in x]'`,
      "0\n1",
    ],
    [
      "git",
      "git init -q . && git -c user.name=x -c user.email=x@example.com commit -q --allow-empty -m x && git log --format=%s",
      "x",
    ],
    ["gcc", `echo 'int main(){return 7;}' > a.c && gcc a.c -o a && ./a; echo $?`, "7"],
    ["npm", "npm --version > v && echo fine", "fine"],
    [
      "sockets",
      `python3 -c 'import socket; a,b=socket.socketpair(); s=socket.create_server(("127.0.0.1",0)); c=socket.create_connection(s.getsockname()); print(len(socket.if_nameindex()))'`,
      "1",
    ],
    ["hole", "printf %1000000s > h && fallocate -p -l 500000 h && stat -c %s h", "1000000"],
  ])("ordinary programs run: %s", async (_name, command, expected) => {
    await using bench = await SandboxBench.create();
    expect((await bench.run(command)).output.trim()).toBe(expected);
  });
});

describe.skipIf(bwrap === null)("H22: the supervisor", () => {
  it("cannot be looked into, and its descriptors cannot be taken", async () => {
    await using bench = await SandboxBench.create();
    const { output } = await bench.run(
      `for f in mem maps environ auxv; do cat /proc/1/$f >/dev/null 2>&1 && echo "read $f"; done
       for n in 0 1 2 3 4; do ( : < /proc/1/fd/$n || : > /proc/1/fd/$n ) 2>/dev/null && echo "opened $n"; done
       (echo x > /proc/1/mem) 2>/dev/null && echo wrote
       cat /run/supervisor 2>/dev/null | wc -c`,
    );
    expect(output).toBe("0\n");
  });

  it("tells the exit code of the command and of nobody else", async () => {
    await using bench = await SandboxBench.create();
    expect(await bench.run("kill -9 1; kill -TERM 1; kill -STOP 1; exit 7")).toMatchObject({ exitCode: 7 });
  });
});
