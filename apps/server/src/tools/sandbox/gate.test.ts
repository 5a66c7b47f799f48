import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { beforeEach, expect, test } from "vitest";
import { listedNetwork, refusalLog } from "../../network/testing/listed-network.ts";
import { always, WebSite } from "../web-fetch/testing/web-site.ts";
import { bwrap, NO_BWRAP, SandboxBench } from "./testing/sandbox-bench.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

test("a command reaches what is listed, through the proxy; what is not is refused, and its output says so", async () => {
  await using site = await WebSite.start(always("hello from outside\n"));
  await using bench = await SandboxBench.create({ networks: listedNetwork([`one.example:${site.port}`]) });
  const { told, refused } = refusalLog();
  const { output, status } = await bench.run(
    `curl -sS http://one.example:${site.port}/; curl -sS http://evil.example/; echo; curl -sS https://evil.example/`,
    { refused },
  );
  expect(output).toContain("hello from outside");
  expect(output).toContain("evil.example:80 was refused: it is not on the list of hosts");
  expect(output).toMatch(
    /\[network: evil\.example:80 was refused.*the user can allow a host for this session/,
  );
  expect(status).toBe("failed");
  expect(told).toEqual([
    { host: "evil.example", port: 80, reason: "not-allowed" },
    { host: "evil.example", port: 443, reason: "not-allowed" },
  ]);
});

test("there is no other way out: no other port, protocol or address, and nothing of the gate is left inside", async () => {
  const reached: string[] = [];
  const server = createServer(() => reached.push("tcp")).listen(0, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    await using bench = await SandboxBench.create({ networks: listedNetwork(["one.example"]) });
    const { output } = await bench.run(`python3 - <<'END'
import os, socket
def attempt(what, kind, family, address, protocol=0):
    try:
        s = socket.socket(family, kind, protocol)
        s.settimeout(3)
        s.connect(address)
        s.send(b"x")
        print(what, "SENT")
    except OSError as error:
        print(what, error.strerror)
attempt("tcp", socket.SOCK_STREAM, socket.AF_INET, ("127.0.0.1", ${port}))
attempt("public", socket.SOCK_STREAM, socket.AF_INET, ("93.184.215.14", 443))
attempt("metadata", socket.SOCK_STREAM, socket.AF_INET, ("169.254.169.254", 80))
attempt("udp", socket.SOCK_DGRAM, socket.AF_INET, ("8.8.8.8", 53))
attempt("six", socket.SOCK_STREAM, socket.AF_INET6, ("2606:4700::1111", 443))
attempt("raw", socket.SOCK_RAW, socket.AF_INET, ("8.8.8.8", 0), socket.IPPROTO_ICMP)
print(sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:4], len(os.listdir("/proc/self/fd")))
print(len([pid for pid in os.listdir("/proc") if pid.isdigit()]), "processes")
print({name: value for name, value in os.environ.items() if "NODE_CHANNEL" in name})
END`);
    expect(output.trim().split("\n")).toEqual([
      "tcp Connection refused",
      "public Network is unreachable",
      "metadata Network is unreachable",
      "udp Network is unreachable",
      "six Network is unreachable",
      "raw Operation not permitted",
      expect.stringMatching(/^\[0, 1, 2/) as string,
      "3 processes",
      "{}",
    ]);
    expect(reached).toEqual([]);
  } finally {
    server.close();
  }
});

test("two commands at once have each a gate of their own", async () => {
  await using site = await WebSite.start(always("fine"));
  const networks = listedNetwork([`one.example:${site.port}`]);
  await using bench = await SandboxBench.create({ networks });
  const command = `curl -sS http://one.example:${site.port}/`;
  const results = await Promise.all([
    bench.run(command),
    bench.run(command),
    bench.run("curl -sS http://x.example"),
  ]);
  expect(results.map(({ output }) => output.slice(0, 4))).toEqual(["fine", "fine", "x.ex"]);
});

test("cancel ends the connections", async () => {
  const connections: Socket[] = [];
  await using site = await WebSite.start(({ socket }, response) => {
    connections.push(socket);
    response.write("begun\n");
  });
  await using bench = await SandboxBench.create({ networks: listedNetwork([`one.example:${site.port}`]) });
  const controller = new AbortController();
  const begun = Promise.withResolvers<void>();
  const running = bench.run(`curl -sSN http://one.example:${site.port}/`, {
    signal: controller.signal,
    progress: async () => begun.resolve(),
  });
  await begun.promise;
  const closed = once(connections[0]!, "close");
  controller.abort(new Error("canceled"));
  await Promise.all([running, closed]);
  expect((await running).output).toContain("[stopped before it finished]");
});

test("a thousand connections from a command harm nobody", async () => {
  await using site = await WebSite.start(always("fine"));
  await using bench = await SandboxBench.create({ networks: listedNetwork([`one.example:${site.port}`]) });
  const { output } = await bench.run(`python3 - <<'END'
import socket
open_ones = []
for n in range(1000):
    s = socket.create_connection(("127.0.0.1", 3128), timeout=30)
    open_ones.append(s)
closed = 0
for s in reversed(open_ones):
    try:
        if s.recv(1) == b"": closed += 1
    except ConnectionResetError: closed += 1
    if closed >= 900: break
print("most are closed:", closed >= 900)
for s in open_ones: s.close()
END
curl -sS --retry 20 --retry-all-errors --retry-delay 1 http://one.example:${site.port}/`);
  expect(output).toContain("most are closed: True");
  expect(output).toContain("fine");
});
