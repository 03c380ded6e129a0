import { once } from "node:events";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { serveConsole } from "../../console/server/serve.ts";
import { wholeNumber } from "../options.ts";
import { UsageError } from "../problems.ts";
import { runs, type Session } from "../session.ts";
import { findConnection } from "../settings/connection.ts";
import { projectFolder } from "../settings/project.ts";

const USUAL_PORT = 9010;

interface ConsoleOptions {
	readonly port: number;
	readonly profile?: string;
}

/** The web console for the API of the profile, on this machine, until Ctrl+C. */
export function register(command: Command, session: Session): void {
	command
		.option("--profile <name>", "url and key by name, instead of the environment's")
		.addOption(
			new Option("--port <n>", "on 127.0.0.1; 0: any that is free")
				.default(USUAL_PORT)
				.argParser(wholeNumber),
		);
	runs<ConsoleOptions>(command, session, async ({ io, show, options }) => {
		const api = findConnection(io, options.profile);
		const folder = join(projectFolder(), "dist", "console");
		const served = await serveConsole({ api, folder, port: options.port }).catch((error) => {
			throw asUsage(error, options.port);
		});
		show.one({ url: served.url, api: api.url }, () => [`console of ${api.url}: ${served.url}`]);
		io.say("Ctrl+C ends it");
		if (!io.signal.aborted) await once(io.signal, "abort");
		await served.close();
		return undefined;
	});
}

function asUsage(error: NodeJS.ErrnoException, port: number): Error {
	if (error.code === "EADDRINUSE") {
		return new UsageError(`port ${port} is taken`, "give another one with --port, or --port 0");
	}
	if (error.code === "ENOENT") {
		return new UsageError("the console is not built yet", "run `npm run prepare` in its folder");
	}
	return error;
}
