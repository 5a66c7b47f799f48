/** Machine code, and what an ELF file calls the processor. */
const PROGRAMS: Readonly<Record<string, { machine: number; code: string }>> = {
  x64: {
    machine: 62,
    code: [
      "b8fa000000 bf01000000 31f6 0f05", // keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)
      "488b0c24 488b7c2410 488d742410 488d54cc10", // argc, argv[1], argv + 1, envp
      "b83b000000 0f05", // execve
      "bf7f000000 b83c000000 0f05", // exit(127)
    ].join(" "),
  },
  arm64: {
    machine: 183,
    // The same, in words of four bytes, lowest first.
    code: [
      "200080d2 010080d2 681b80d2 010000d4",
      "e90340f9 e00b40f9 e1430091 220c098b",
      "a81b80d2 010000d4",
      "e00f80d2 a80b80d2 010000d4",
    ].join(" "),
  },
};

/** Where programs are loaded that may choose. */
const ADDRESS = 0x40_0000n;
const FILE_HEADER = 64;
const PROGRAM_HEADER = 56;

/**
 * A program that puts itself into a new, empty session keyring and then becomes the one its arguments name. Keyrings have
 * no namespace, bwrap makes none, and Node can't call the kernel: 120 bytes of headers and a dozen instructions can. What
 * runs in the sandbox then has no link to the keys of whoever started the server, also where the kernel itself looks for
 * one, say to open an encrypted directory. Where the kernel refuses (as in most containers) it goes on all the same.
 * @returns an ELF file; null for processors that there is none for.
 */
export function ownKeyringProgram(architecture: string = process.arch): Buffer | null {
  const program = PROGRAMS[architecture];
  if (program === undefined) return null;
  const code = Buffer.from(program.code.replaceAll(" ", ""), "hex");
  const file = Buffer.alloc(FILE_HEADER + PROGRAM_HEADER + code.length);
  file.write("\x7fELF\x02\x01\x01", "latin1");
  file.writeUInt16LE(2, 16); // executable
  file.writeUInt16LE(program.machine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(ADDRESS + BigInt(FILE_HEADER + PROGRAM_HEADER), 24); // entry
  file.writeBigUInt64LE(BigInt(FILE_HEADER), 32); // of the program header
  file.writeUInt16LE(FILE_HEADER, 52);
  file.writeUInt16LE(PROGRAM_HEADER, 54);
  file.writeUInt16LE(1, 56);
  const header = FILE_HEADER;
  file.writeUInt32LE(1, header); // to load
  file.writeUInt32LE(5, header + 4); // readable, executable
  file.writeBigUInt64LE(ADDRESS, header + 16);
  file.writeBigUInt64LE(ADDRESS, header + 24);
  file.writeBigUInt64LE(BigInt(file.length), header + 32);
  file.writeBigUInt64LE(BigInt(file.length), header + 40);
  file.writeBigUInt64LE(0x1000n, header + 48);
  code.copy(file, FILE_HEADER + PROGRAM_HEADER);
  return file;
}
