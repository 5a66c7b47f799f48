/*
 * Loaded into the server before its own code: where `npm start` ends without being able to pass a signal on, killed
 * for instance, the channel to it closes, and the server shuts down as if it had been asked to.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel alone keeps nothing running.
process.channel?.unref();
