/** What cli/thingcast.mjs runs, once it is built. */
import { EXIT } from "./exit.ts";
import { processIo } from "./io.ts";
import { run } from "./run.ts";

const interrupt = new AbortController();
process.once("SIGINT", () => {
	process.exitCode = EXIT.interrupted;
	interrupt.abort(new Error("interrupted"));
});
// Whoever reads the output has seen enough, such as `head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code !== "EPIPE") throw error;
	process.exit(EXIT.ok);
});

const code = await run(process.argv.slice(2), processIo(interrupt.signal));
process.exitCode = code;
