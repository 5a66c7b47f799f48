/**
 * Loaded into a child before its own code: where the test's process is killed, and so cannot end what it started, the
 * channel to it closes. What a test left behind is not worth an orderly shutdown. JavaScript, so that it does not bring the
 * compiler that strips types into a server whose memory is measured.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
// The channel alone keeps nothing running.
process.channel?.unref();
