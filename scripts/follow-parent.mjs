/*
 * Preloaded into the server: if `npm start` ends without being able to pass on a signal, e.g. killed, the IPC channel
 * closes, and the server shuts down as if asked to.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel alone must not keep the process alive.
process.channel?.unref();
