import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type Clock, systemClock } from "../shared/clock.ts";

/** `hidden`: what is typed is not shown. */
export type Ask = (question: string, hidden?: "hidden") => Promise<string>;

/** What a command line touches of the world; tests bring their own. */
export interface Io {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Data, a line. */
	readonly out: (line: string) => void;
	/** Progress and errors, a line. */
	readonly say: (line: string) => void;
	/** Progress that takes the place of the last one on a terminal, and is left out elsewhere. */
	readonly progress: (line: string) => void;
	/** Of the terminal; undefined where lines may be as long as they like. */
	readonly columns: number | undefined;
	readonly colours: boolean;
	/** Somebody is there to answer; undefined where nobody is. */
	readonly ask: Ask | undefined;
	readonly readInput: () => string;
	readonly clock: Clock;
	/** Aborted by Ctrl+C. */
	readonly signal: AbortSignal;
}

const CLEAR_LINE = "\r\u001b[2K";
const STDIN = 0;

export function processIo(signal: AbortSignal): Io {
	const { env, stdin, stdout, stderr } = process;
	let transient = false;
	const clear = () => {
		if (transient) stderr.write(CLEAR_LINE);
		transient = false;
	};
	return {
		env,
		home: env["HOME"] ?? homedir(),
		out: (line) => {
			clear();
			stdout.write(`${line}\n`);
		},
		say: (line) => {
			clear();
			stderr.write(`${line}\n`);
		},
		progress: (line) => {
			if (!stderr.isTTY) return;
			stderr.write(`${CLEAR_LINE}${line.slice(0, stderr.columns - 1)}`);
			transient = true;
		},
		columns: stdout.isTTY ? stdout.columns : undefined,
		// https://no-color.org: any value but an empty one.
		colours: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
		ask:
			stdin.isTTY && stderr.isTTY
				? (question, hidden) => ask(question, hidden !== undefined, signal)
				: undefined,
		readInput: () => readFileSync(STDIN, "utf8"),
		clock: systemClock,
		signal,
	};
}

async function ask(question: string, hidden: boolean, signal: AbortSignal): Promise<string> {
	const { stdin: input, stderr } = process;
	const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({ input, output: hidden ? nowhere : stderr, terminal: true });
	if (hidden) stderr.write(question);
	// In such a terminal Ctrl+C is a key like any other.
	lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
	try {
		return await lines.question(hidden ? "" : question, { signal });
	} finally {
		lines.close();
		if (hidden) stderr.write("\n");
	}
}
