import { expect, it } from "vitest";
import { serviceIn, systemctlLine } from "./running-unit.ts";

it.each([
  ["the machine's", "0::/system.slice/trunkline.service\n", "sudo systemctl stop trunkline.service"],
  [
    "a user's",
    "0::/user.slice/user-1000.slice/user@1000.service/app.slice/trunkline.service\n",
    "systemctl --user stop trunkline.service",
  ],
  [
    "one with cgroups v1",
    "1:name=systemd:/system.slice/trunkline.service\n",
    "sudo systemctl stop trunkline.service",
  ],
  ["an instance", "0::/system.slice/trunkline@a.service\n", "sudo systemctl stop trunkline@a.service"],
])("finds the service of the server, %s", (_whose, cgroups, line) => {
  const unit = serviceIn(cgroups);
  expect(unit === null ? null : systemctlLine(unit, "stop")).toBe(line);
});

it.each([
  "0::/user.slice/user-1000.slice/session-3.scope\n",
  "0::/system.slice/ssh.service\n",
  "0::/user.slice/user-1000.slice/user@1000.service/app.slice/gnome-terminal.scope\n",
  "0::/\n",
  "",
])("a server that was started by hand is in none: %j", (cgroups) => {
  expect(serviceIn(cgroups)).toBeNull();
});
