import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Endpoints } from "../../../local/index.ts";

/** `npm start` in a process of its own, which can be killed like one. */
export class RunningCloud {
	readonly dataDir = mkdtempSync(join(tmpdir(), "thingcast-cloud-"));
	readonly #args: readonly string[];
	#process: ChildProcess | undefined;
	#lines: string[] = [];

	constructor(...args: string[]) {
		this.#args = args;
	}

	/** Resolves when it says that it is running. */
	async start(): Promise<Endpoints> {
		const args = ["--import", "tsx", "tools/start.ts", "--port", "0", "--data", this.dataDir];
		const child = spawn(process.execPath, [...args, ...this.#args], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#process = child;
		this.#lines = [];
		const errors: string[] = [];
		child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
		await new Promise<void>((resolve, reject) => {
			createInterface({ input: child.stdout }).on("line", (line) => {
				this.#lines.push(line);
				if (line.includes("thingcast is running")) resolve();
			});
			child.once("exit", (code) =>
				reject(new Error(`the local cloud ended with ${code}: ${errors.join("")}`)),
			);
		});
		return JSON.parse(readFileSync(join(this.dataDir, "endpoints.json"), "utf8")) as Endpoints;
	}

	/** Of the process that is running. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	/** What it printed since it was started. */
	get lines(): readonly string[] {
		return this.#lines;
	}

	/** kill -9, or a signal that lets it stop cleanly. @returns the exit code, null after a kill. */
	async end(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<number | null> {
		const child = this.#process;
		if (!child || child.exitCode !== null) return child?.exitCode ?? null;
		const exited = once(child, "exit");
		child.kill(signal);
		const [code] = (await exited) as [number | null];
		this.#process = undefined;
		return code;
	}

	async remove(): Promise<void> {
		await this.end("SIGKILL");
		rmSync(this.dataDir, { recursive: true, force: true });
	}
}
