import { randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { beforeEach, expect, test } from "vitest";
import { fixedNetwork } from "../../network/testing/fixed-network.ts";
import { SHELL_ENVIRONMENT } from "../shell-environment.ts";
import { bwrap, NO_BWRAP, SandboxBench, unlessOutside } from "./testing/sandbox-bench.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

// These attempts do no harm if they succeed: files are opened but not written, modes set to what they are.

const lines = (text: string): string[] => text.trim().split("\n");

test("the workspace is there at its own path, to be read and written", async () => {
  await using bench = await SandboxBench.create();
  await writeFile(bench.path("given"), "from outside\n");
  const { output } = await bench.run("pwd; cat given; echo from inside > made; stat -c '%U' given; echo ~");
  expect(lines(output)).toEqual([bench.workspace, "from outside", "trunkline", bench.workspace]);
  expect(await readFile(bench.path("made"), "utf8")).toBe("from inside\n");
});

test("no command line of the machine has the values of its variables, and none is an argument for the sandbox", async () => {
  await using bench = await SandboxBench.create();
  const start = async (variable: string) => {
    let output = "";
    const started = Promise.withResolvers<void>();
    const running = await bench.spawner.spawn({
      argv: ["/bin/bash", "-c", 'echo "$CANARY[$EMPTY]"; read -r'],
      cwd: bench.workspace,
      environment: { EMPTY: "", CANARY: variable },
      input: "interactive",
      onOutput: (bytes) => {
        output += Buffer.from(bytes).toString();
        if (output.includes("[]")) started.resolve();
      },
    });
    await started.promise;
    return { running, output };
  };
  // Other tests have canaries, too, in command lines of their own.
  const canary = randomUUID();
  const { running, output } = await start(`--bind / /\nvalue of ${canary}`);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = pids.map(async (pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  const commandLines = await Promise.all(read);
  await running.end();
  expect(output).toBe(`--bind / /\nvalue of ${canary}[]\n`);
  expect(commandLines.some((line) => line.includes(bench.workspace))).toBe(true);
  expect(commandLines.filter((line) => line.includes(canary))).toEqual([]);
  await expect(start("a\0--bind\0/\0/host")).rejects.toThrow("has a NUL in it");
});

test("a command that closes its directory locks nobody out of it", async () => {
  await using bench = await SandboxBench.create();
  await bench.run("mkdir inner; chmod 000 inner; chmod 000 .");
  const { output } = await bench.run("ls; stat -c %a . inner");
  expect(lines(output)).toEqual(["inner", "700", "0"]);
});

test("another session's workspace, the data directory and the token file are not there", async () => {
  await using bench = await SandboxBench.create();
  const other = join(bench.dataDir, "workspaces", "other");
  await mkdir(other);
  await writeFile(join(other, "secret"), "canary-other");
  await writeFile(join(bench.dataDir, "token"), "canary-token");
  await symlink(join(bench.dataDir, "token"), bench.path("link"));
  await symlink("../other/secret", bench.path("other"));
  const { output } = await bench.run(`
    ls ${bench.dataDir}; ls ${bench.dataDir}/workspaces
    cat ${bench.dataDir}/token ${other}/secret link other ../other/secret ../../token 2>&1 | grep -c 'No such file'
    find / /tmp ${bench.dataDir} -xdev -name token -o -name secret -type f`);
  expect(lines(output)).toEqual(["workspaces", "mine", "6"]);
});

test("a data directory below a directory of the system is covered", async ({ skip }) => {
  skip(process.getuid?.() !== 0, "needs root, to write below /usr");
  await using bench = await SandboxBench.create({ parent: "/usr/local/share" });
  await writeFile(join(bench.dataDir, "token"), "canary-token");
  await writeFile(bench.path("mine"), "");
  const { output } = await bench.run(
    `ls ${bench.dataDir}; ls; touch ${bench.dataDir}/x 2>&1; touch made && echo made`,
  );
  expect(lines(output)).toEqual([
    "workspaces",
    "mine",
    `touch: cannot touch '${bench.dataDir}/x': Read-only file system`,
    "made",
  ]);
});

test("a workspace that holds the data directory is refused", async () => {
  await using bench = await SandboxBench.create();
  await symlink("../..", bench.path("up"));
  for (const workspace of ["/", bench.dataDir, join(bench.dataDir, ".."), bench.path("up")]) {
    await expect(bench.run("ls", { workspace })).rejects.toThrow("data directory");
  }
  await expect(bench.run("ls", { workspace: bench.path("none") })).rejects.toThrow("ENOENT");
  expect(bench.records).toEqual([]);
});

test("neither the server's process nor its environment can be seen, and bwrap passes none of it on", async () => {
  await using bench = await SandboxBench.create();
  process.env["OPENAI_API_KEY"] = "sk-canary";
  try {
    const { output } = await bench.run(`
      ls -d /proc/${process.pid} /proc/${process.ppid} 2>&1 | grep -c 'No such file'
      cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c canary
      ps -e -o comm= > seen; sort -u seen | tr '\\n' ' '`);
    expect(lines(output)).toEqual(["2", "0", "bash ps supervisor"]);
    expect(new Set(lines((await bench.run("env | cut -d= -f1")).output))).toEqual(
      new Set([...Object.keys(SHELL_ENVIRONMENT), ..."HOME LANG PATH PWD SHLVL TRUNKLINE_RUN _".split(" ")]),
    );
  } finally {
    delete process.env["OPENAI_API_KEY"];
  }
});

test("what whoever started the server had left open is closed", async () => {
  await using bench = await SandboxBench.create();
  const file = join(bench.dataDir, "token");
  await writeFile(file, "canary");
  const script = new URL("testing/run-sandboxed.ts", import.meta.url).pathname;
  // Through a shell: Node closes the descriptors of its children.
  const child = spawn(
    "bash",
    [
      "-c",
      `exec 30<${file}; exec "$0" "$@"`,
      process.execPath,
      script,
      bench.dataDir,
      "ls /proc/self/fd /proc/1/fd; cat <&30",
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env["PATH"] } },
  );
  const output = (await child.stdout.toArray()).join("");
  expect(JSON.parse(output)).toMatchObject({ state: { active: true } });
  expect(output).toContain("30: Bad file descriptor");
  expect(output).not.toContain("canary");
  expect(output).not.toContain("\\n30\\n");
});

test("loopback ports, metadata addresses and every other network are out of reach", async () => {
  await using bench = await SandboxBench.create();
  const server = createServer((socket) => socket.end("reached")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  try {
    const attempt = `
      for target in 127.0.0.1/${port} localhost/${port} 169.254.169.254/80 168.63.129.16/80 10.0.0.1/80; do
        timeout 60 bash -c "cat < /dev/tcp/$target" 2>&1 | tail -1 | grep -oE 'reached|refused|unreachable|timed out'
      done
      grep -c : /proc/net/dev`;
    expect(lines((await bench.run(attempt)).output)).toEqual([
      ..."refused refused unreachable unreachable unreachable".split(" "),
      "1",
    ]);
    // The same attempt succeeds if the network is allowed.
    await using open = await SandboxBench.create({ networks: fixedNetwork("on") });
    expect((await open.run(`cat < /dev/tcp/127.0.0.1/${port}`)).output).toBe("reached");
  } finally {
    server.close();
  }
});

test("an abstract socket of the machine is out of reach", async () => {
  await using bench = await SandboxBench.create();
  const name = `trunkline-${crypto.randomUUID()}`;
  const server = createServer((socket) => socket.end("reached")).listen(`\0${name}`);
  await once(server, "listening");
  try {
    const { output } = await bench.run(
      `python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("\\0${name}")' 2>&1 | tail -1`,
    );
    expect(output).toMatch(/ConnectionRefusedError/);
  } finally {
    server.close();
  }
});

test("nothing but the workspace and the memory of /tmp and /dev/shm can be written", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`
    for place in / /usr /usr/bin /usr/local/bin /bin /lib /etc /dev /proc /run /var /root /home; do
      ( : > $place/.x ) 2>/dev/null && echo "wrote $place" && rm $place/.x
      chmod --reference=$place $place 2>/dev/null && echo "opened $place"
    done
    for file in /etc/passwd /etc/hosts /usr/bin/env /proc/sys/kernel/core_pattern /proc/sys/kernel/pid_max \
      /proc/sysrq-trigger /proc/1/oom_score_adj /sys/kernel/uevent_helper; do
      ( : >> $file ) 2>/dev/null && echo "opened $file"
    done
    find / -xdev -writable -not -type l -not -path /tmp 2>/dev/null
    for place in /tmp /var/tmp /dev/shm .; do ( echo x > $place/.x ) && echo "$place"; done`);
  expect(lines(output)).toEqual(["/tmp", "/var/tmp", "/dev/shm", "."]);
});

test("keys, hashes and other people's files of /etc are not there", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(
    "ls -d /etc/shadow /etc/ssl/private /etc/ssh /etc/gitconfig /etc/sudoers /home/* /root/.ssh /var/lib 2>/dev/null; cut -d: -f1 /etc/passwd",
  );
  expect(lines(output)).toEqual(["root", "trunkline", "nobody"]);
});

test("no capabilities, no way to gain any, no namespaces, no mounts, no devices", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`
    grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr '\\t' ' '
    unshare --user true 2>/dev/null && echo "made a user namespace"
    unshare --mount true 2>/dev/null && echo "made a mount namespace"
    unshare --net true 2>/dev/null && echo "made a network namespace"
    mount -t tmpfs tmpfs /tmp 2>/dev/null && echo "mounted"
    mount --bind / /tmp 2>/dev/null && echo "bound"
    umount /proc 2>/dev/null && echo "unmounted"
    mount -o remount,rw /usr 2>/dev/null && echo "remounted"
    mknod disk b 254 0 2>/dev/null && echo "made a device"
    chroot / true 2>/dev/null && echo "changed the root"
    python3 -c 'import os; os.setuid(0)' 2>/dev/null && echo "became root"
    cp /bin/true suid; chmod u+s suid 2>/dev/null && echo "made a set-uid program"; grep -E ' ('$PWD'|/tmp) ' /proc/self/mounts | grep -c nosuid
    ls /dev | tr '\\n' ' '`);
  expect(lines(output)).toEqual([
    ...["Inh", "Prm", "Eff", "Bnd", "Amb"].map((set) => `Cap${set}: 0000000000000000`),
    "NoNewPrivs: 1",
    "2",
    "core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero",
  ]);
});

test("nobody outside can be traced or signalled, nor the first process inside", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`
    python3 - <<'END'
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in (${process.pid}, ${process.ppid}):
    print(libc.ptrace(16, pid, 0, 0), os.strerror(ctypes.get_errno()))
    try: os.kill(pid, 0)
    except ProcessLookupError: print("nobody")
END
    ${await unlessOutside()}; kill -9 1; kill -STOP 1; echo still here`);
  expect(lines(output)).toEqual([
    "-1 Operation not permitted",
    "nobody",
    "-1 Operation not permitted",
    "nobody",
    "still here",
  ]);
});

test("a command has a session of its own, and no terminal to push keys into", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`
    python3 -c 'import os; print("a session of the outside" if os.getsid(0) == 0 else "a session of its own")'
    ( : < /dev/tty ) 2> /dev/null && echo "a terminal"; tty`);
  expect(lines(output)).toEqual(["a session of its own", "not a tty"]);
});

test("sandboxes are started from the main thread alone: the kernel ends them with the thread", async () => {
  const worker = new Worker(new URL("testing/spawner-in-worker.ts", import.meta.url));
  const [error] = (await once(worker, "error")) as [Error];
  expect(error.message).toBe("Sandboxes are started from the main thread");
});

test("toolchains of the search path work and cannot be written", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`
    [ "$(command -v node)" ] && node -p '1 + 1'
    echo 'print(1 + 2)' | python3
    git init -q . && echo x > a && git add a && git -c user.name=a -c user.email=a@b commit -qm m && git log --format=%s
    touch -c "$(command -v node)" 2>/dev/null && echo changed`);
  expect(lines(output)).toEqual(["2", "3", "m"]);
});
