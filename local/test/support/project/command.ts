import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../../bin/thingcast-local.mjs", import.meta.url));

/** `thingcast-local` in a process of its own, as a shell starts it. */
export class Command {
	readonly lines: string[] = [];
	readonly #child: ChildProcess;
	#listeners = new Set<() => void>();

	constructor(dir: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
		const child = spawn(process.execPath, [BIN, ...args], {
			cwd: dir,
			env,
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#child = child;
		for (const input of [child.stdout, child.stderr]) {
			createInterface({ input }).on("line", (line) => {
				this.lines.push(line);
				for (const listener of this.#listeners) listener();
			});
		}
	}

	/** The first line that matches, among those that came and those that come. */
	async line(pattern: RegExp): Promise<string> {
		for (;;) {
			const found = this.lines.find((line) => pattern.test(line));
			if (found !== undefined) return found;
			await new Promise<void>((resolve, reject) => {
				const onLine = () => {
					this.#listeners.delete(onLine);
					this.#child.off("close", onClose);
					resolve();
				};
				const onClose = () => reject(new Error(`it ended:\n${this.lines.join("\n")}`));
				this.#listeners.add(onLine);
				this.#child.once("close", onClose);
			});
		}
	}

	/** @returns the exit code. */
	async ended(): Promise<number | null> {
		if (this.#child.exitCode !== null) return this.#child.exitCode;
		const [code] = (await once(this.#child, "close")) as [number | null];
		return code;
	}

	stop(): Promise<number | null> {
		this.#child.kill("SIGTERM");
		return this.ended();
	}
}
