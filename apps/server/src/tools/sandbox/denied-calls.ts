/** Numbers of a system call by architecture. Absent if the architecture has no such call. */
interface CallNumbers {
  x64?: number;
  arm64?: number;
}

/** A test of a call's argument (the low 32 bits). */
export type ArgumentTest =
  | { argument: number; hasAnyOf: number }
  | { argument: number; hasNoneOf: number }
  | { argument: number; isNoneOf: readonly number[] }
  | { argument: number; is: number };

export interface DeniedCall {
  numbers: CallNumbers;
  error: number;
  /** Denied if all of these hold; absent: always. */
  where?: readonly ArgumentTest[];
}

const EPERM = 1;
const ENOSYS = 38;
const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;

const both = (number: number): CallNumbers => ({ x64: number, arm64: number });

/**
 * Calls that commands don't need and that have been used to escape sandboxes or reach other processes. Denying them
 * shrinks the kernel's attack surface. Everything else is allowed, so that programs work as usual.
 */
const ALWAYS: Readonly<Record<string, CallNumbers>> = {
  // Other processes: the supervisor runs as the same user.
  ptrace: { x64: 101, arm64: 117 },
  process_vm_readv: { x64: 310, arm64: 270 },
  process_vm_writev: { x64: 311, arm64: 271 },
  pidfd_getfd: both(438),
  process_madvise: both(440),
  process_mrelease: both(448),
  kcmp: { x64: 312, arm64: 272 },
  move_pages: { x64: 279, arm64: 239 },
  migrate_pages: { x64: 256, arm64: 238 },
  // Keyrings have no namespace: these would be the server's.
  add_key: { x64: 248, arm64: 217 },
  request_key: { x64: 249, arm64: 218 },
  keyctl: { x64: 250, arm64: 219 },
  // Parts of the kernel that few programs use, but exploits often do.
  bpf: { x64: 321, arm64: 280 },
  perf_event_open: { x64: 298, arm64: 241 },
  userfaultfd: { x64: 323, arm64: 282 },
  fanotify_init: { x64: 300, arm64: 262 },
  lookup_dcookie: { x64: 212, arm64: 18 },
  modify_ldt: { x64: 154 },
  memfd_secret: both(447),
  // Namespaces and mounts.
  unshare: { x64: 272, arm64: 97 },
  setns: { x64: 308, arm64: 268 },
  mount: { x64: 165, arm64: 40 },
  umount2: { x64: 166, arm64: 39 },
  pivot_root: { x64: 155, arm64: 41 },
  chroot: { x64: 161, arm64: 51 },
  open_tree: both(428),
  move_mount: both(429),
  fsopen: both(430),
  fsconfig: both(431),
  fsmount: both(432),
  fspick: both(433),
  mount_setattr: both(442),
  open_tree_attr: both(467),
  name_to_handle_at: { x64: 303, arm64: 264 },
  open_by_handle_at: { x64: 304, arm64: 265 },
  // The machine itself.
  kexec_load: { x64: 246, arm64: 104 },
  kexec_file_load: { x64: 320, arm64: 294 },
  init_module: { x64: 175, arm64: 105 },
  finit_module: { x64: 313, arm64: 273 },
  delete_module: { x64: 176, arm64: 106 },
  reboot: { x64: 169, arm64: 142 },
  swapon: { x64: 167, arm64: 224 },
  swapoff: { x64: 168, arm64: 225 },
  acct: { x64: 163, arm64: 89 },
  quotactl: { x64: 179, arm64: 60 },
  quotactl_fd: both(443),
  syslog: { x64: 103, arm64: 116 },
  vhangup: { x64: 153, arm64: 58 },
  iopl: { x64: 172 },
  ioperm: { x64: 173 },
};

/** Programs fall back when older kernels lack these. Their effects can't be determined by a filter. */
const UNKNOWN: readonly CallNumbers[] = [
  both(425), // io_uring_setup
  both(426), // io_uring_enter
  both(427), // io_uring_register
  both(435), // clone3: its flags are in memory. clone is used instead.
  both(437), // openat2: likewise. openat is used instead.
];

const NEW_NAMESPACES = 0x7e02_0000;
const SET_ID_BITS = 0o6000;
/** O_CREAT, and the bit specific to O_TMPFILE. */
const CREATES = 0x40_0040;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
/** Netlink: addresses and routes, sockets, and devices. */
const NETLINK_PROTOCOLS = [0, 4, 15];
const FALLOC_PUNCH_HOLE = 0x02;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const CONDITIONAL: readonly DeniedCall[] = [
  // clone with a new namespace.
  { numbers: { x64: 56, arm64: 220 }, error: EPERM, where: [{ argument: 0, hasAnyOf: NEW_NAMESPACES }] },
  // socket and socketpair: only the families that ordinary programs use. AF_VSOCK reaches the machine's host.
  {
    numbers: { x64: 41, arm64: 198 },
    error: EAFNOSUPPORT,
    where: [{ argument: 0, isNoneOf: [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] }],
  },
  {
    numbers: { x64: 41, arm64: 198 },
    error: EAFNOSUPPORT,
    where: [
      { argument: 0, is: AF_NETLINK },
      { argument: 2, isNoneOf: NETLINK_PROTOCOLS },
    ],
  },
  { numbers: { x64: 53, arm64: 199 }, error: EAFNOSUPPORT, where: [{ argument: 0, isNoneOf: [AF_UNIX] }] },
  // ioctl: typing into the terminal of whoever uses it.
  { numbers: { x64: 16, arm64: 29 }, error: EPERM, where: [{ argument: 1, is: TIOCSTI }] },
  { numbers: { x64: 16, arm64: 29 }, error: EPERM, where: [{ argument: 1, is: TIOCLINUX }] },
  // fallocate: fills the disk faster than the watch can react. Programs fall back to writing.
  {
    numbers: { x64: 285, arm64: 47 },
    error: EOPNOTSUPP,
    where: [{ argument: 1, hasNoneOf: FALLOC_PUNCH_HOLE }],
  },
  // chmod, fchmod, fchmodat, fchmodat2: a set-user-ID program would run as the server's user.
  { numbers: { x64: 90 }, error: EPERM, where: [{ argument: 1, hasAnyOf: SET_ID_BITS }] },
  { numbers: { x64: 91, arm64: 52 }, error: EPERM, where: [{ argument: 1, hasAnyOf: SET_ID_BITS }] },
  { numbers: { x64: 268, arm64: 53 }, error: EPERM, where: [{ argument: 2, hasAnyOf: SET_ID_BITS }] },
  { numbers: both(452), error: EPERM, where: [{ argument: 2, hasAnyOf: SET_ID_BITS }] },
  // creat, open, openat, mknod, mknodat: the same at creation.
  { numbers: { x64: 85 }, error: EPERM, where: [{ argument: 1, hasAnyOf: SET_ID_BITS }] },
  {
    numbers: { x64: 2 },
    error: EPERM,
    where: [
      { argument: 1, hasAnyOf: CREATES },
      { argument: 2, hasAnyOf: SET_ID_BITS },
    ],
  },
  {
    numbers: { x64: 257, arm64: 56 },
    error: EPERM,
    where: [
      { argument: 2, hasAnyOf: CREATES },
      { argument: 3, hasAnyOf: SET_ID_BITS },
    ],
  },
  { numbers: { x64: 133 }, error: EPERM, where: [{ argument: 1, hasAnyOf: SET_ID_BITS }] },
  { numbers: { x64: 259, arm64: 33 }, error: EPERM, where: [{ argument: 2, hasAnyOf: SET_ID_BITS }] },
];

export const DENIED_CALLS: readonly DeniedCall[] = [
  ...Object.values(ALWAYS).map((numbers) => ({ numbers, error: EPERM })),
  ...UNKNOWN.map((numbers) => ({ numbers, error: ENOSYS })),
  ...CONDITIONAL,
];
