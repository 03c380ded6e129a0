import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { failed } from "./calls.ts";
import type { Outcome } from "./instance.ts";
import { LineSplitter } from "./line-splitter.ts";

/** Runs the command of a lifecycle hook beside the function's server ("Instance lifecycle hooks"). */
export function runCommandHook(
	[program, ...args]: readonly [string, ...string[]],
	settings: {
		readonly cwd: string;
		readonly environment: Readonly<Record<string, string>>;
		readonly signal: AbortSignal;
		readonly onLine: (line: string) => void;
	},
): Promise<Outcome> {
	return new Promise((resolve) => {
		const child = spawn(program, args, {
			cwd: settings.cwd,
			env: { ...settings.environment },
			stdio: ["ignore", "pipe", "pipe"],
			signal: settings.signal,
			killSignal: "SIGKILL",
		});
		pipeLines(child.stdout, settings.onLine);
		pipeLines(child.stderr, settings.onLine);
		child.once("error", (error) => resolve(failed(`the hook cannot be run: ${error.message}`)));
		child.once("exit", (code, killedBy) => {
			if (code === 0) resolve({ type: "result", payload: Buffer.alloc(0) });
			else resolve(failed(`the hook ended with ${code ?? killedBy}`));
		});
	});
}

function pipeLines(stream: Readable, onLine: (line: string) => void): void {
	const splitter = new LineSplitter(onLine);
	stream.on("data", (chunk: Buffer) => splitter.push(chunk));
	stream.on("close", () => splitter.end());
}
