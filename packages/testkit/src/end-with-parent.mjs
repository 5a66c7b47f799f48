/**
 * Preloaded into a child: if the test's process is killed and can't end what it started, the IPC channel closes and the
 * child exits immediately. JavaScript, so that it does not load the type-stripping compiler into a server whose memory
 * is measured.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
// The channel alone must not keep the process alive.
process.channel?.unref();
