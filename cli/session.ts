import type { Command } from "commander";
import { type Client, createClient } from "../client/src/index.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { parseRemembering } from "./output/exact.ts";
import { Show } from "./output/show.ts";
import { findConnection } from "./settings/connection.ts";

/** One run of the command line. */
export interface Session {
	readonly io: Io;
	/** The whole program, for completion: modules of commands must not import it. */
	readonly program: () => Promise<Command>;
	exitCode: number;
	/** Of the API, once it is known; for errors. */
	url?: string;
}

/** A person sits and waits: three seconds of trying are enough. */
const ATTEMPTS = 4;

interface Common {
	readonly profile?: string;
	readonly json?: boolean;
}

/** What a command works with. `options` holds what `--help` lists, in camel case. */
export interface Context<Options> {
	readonly io: Io;
	readonly show: Show;
	readonly args: readonly string[];
	readonly options: Options & Common;
}

export interface ApiContext<Options> extends Context<Options> {
	readonly client: Client;
	readonly url: string;
}

type Run<C> = (context: C) => Promise<number | undefined>;

/** Adds what every command takes, and what it does. */
export function runs<Options>(
	command: Command,
	session: Session,
	run: Run<Context<Options>>,
): Command {
	return command.option("--json", "NDJSON: one JSON object a line on stdout").action(async () => {
		const { io } = session;
		const options = command.opts() as Options & Common;
		const show = new Show(io, options.json === true);
		session.exitCode = (await run({ io, show, args: command.args, options })) ?? EXIT.ok;
	});
}

/** The same for a command that speaks to the API. */
export function runsWithApi<Options>(
	command: Command,
	session: Session,
	run: Run<ApiContext<Options>>,
): Command {
	command.option("--profile <name>", "url and key by name, instead of the environment's");
	return runs<Options>(command, session, async (context) => {
		const { url, key } = findConnection(context.io, context.options.profile);
		session.url = url;
		const { clock, signal } = context.io;
		const client = createClient({
			url,
			key,
			signal,
			attempts: ATTEMPTS,
			parse: parseRemembering,
			sleep: clock.sleep,
			now: clock.now,
		});
		return run({ ...context, client, url });
	});
}

/** The one argument of a command that commander has checked to be there. */
export const firstOf = (args: readonly string[]): string => args[0] ?? "";
