import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { systemClock } from "../../clock/clock.ts";
import type { Guardian } from "./guardian.ts";
import { LineSplitter } from "./line-splitter.ts";
import { usageOf } from "./process-usage.ts";

const SAMPLE_MS = 200;
const BYTES_PER_MB = 1024 * 1024;

export interface ProcessOptions {
	readonly command: readonly [string, ...string[]];
	readonly cwd: string;
	readonly environment: Readonly<Record<string, string>>;
	readonly guardian: Guardian;
	readonly onLine: (level: "stdout" | "stderr", line: string) => void;
	/** Called once, when it has ended or could not be started. */
	readonly onExit: (error: Error | undefined) => void;
	/** Called with what it was seen to use, a few times a second. */
	readonly onSample?: () => void;
}

/** The process of an instance and what it started, as one group: signals reach all of them. */
export class InstanceProcess {
	/** Messages to and from the process: its file descriptor 3. */
	readonly channel: Duplex;
	readonly #options: ProcessOptions;
	readonly #child: ChildProcess;
	#cancelSample: () => void = () => {};
	#exited = false;
	/** From then on its id may be that of another process. */
	#ended = false;
	#frozen = false;
	#cpuMs = 0;
	#currentBytes = 0;
	#peakBytes = 0;

	constructor(options: ProcessOptions) {
		this.#options = options;
		const [program, ...args] = options.command;
		this.#child = spawn(program, args, {
			cwd: options.cwd,
			env: { ...options.environment },
			stdio: ["ignore", "pipe", "pipe", "pipe"],
			// Ctrl-C is for the local cloud, which then stops its instances in order.
			detached: true,
		});
		this.channel = this.#child.stdio[3] as unknown as Duplex;
		// The end of the process is what counts, and `exit` reports it.
		this.channel.on("error", () => {});
		this.#pipeLines(this.#child.stdout, "stdout");
		this.#pipeLines(this.#child.stderr, "stderr");
		if (this.#child.pid !== undefined) options.guardian.watch(this.#child.pid);
		this.#child.once("error", (error) => this.#onExit(error));
		this.#child.once("exit", () => {
			// What the process sent before its end is still to be read from the channel.
			if (this.channel.closed) this.#onExit(undefined);
			else this.channel.once("close", () => this.#onExit(undefined));
			// What it started itself would keep the channel open, and outlive it.
			this.#signal("SIGKILL");
			this.#ended = true;
		});
		this.#sampleLater();
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	get exited(): boolean {
		return this.#exited;
	}

	get frozen(): boolean {
		return this.#frozen;
	}

	/** Processor time so far; of one that ended by itself, up to the last look at it. */
	get cpuMs(): number {
		this.#sample();
		return this.#cpuMs;
	}

	/** Memory when it was last looked at. */
	get currentMb(): number {
		return this.#currentBytes / BYTES_PER_MB;
	}

	/** Largest memory that was seen, with two decimals. */
	get peakMb(): number {
		return Math.round((this.#peakBytes / BYTES_PER_MB) * 100) / 100;
	}

	/** Memory as the process itself reports it. */
	reportMemory(bytes: number): void {
		this.#peakBytes = Math.max(this.#peakBytes, bytes);
	}

	freeze(): void {
		if (this.#exited || this.#frozen) return;
		this.#frozen = this.#signal("SIGSTOP");
	}

	thaw(): void {
		if (!this.#frozen) return;
		this.#frozen = false;
		this.#signal("SIGCONT");
	}

	terminate(): void {
		this.#sample();
		this.thaw();
		this.#signal("SIGTERM");
	}

	kill(): void {
		this.#sample();
		this.#signal("SIGKILL");
	}

	#signal(name: NodeJS.Signals): boolean {
		const { pid } = this.#child;
		if (pid === undefined || this.#ended) return false;
		try {
			process.kill(-pid, name);
			return true;
		} catch {
			// It has ended meanwhile.
			return false;
		}
	}

	#sampleLater(): void {
		this.#cancelSample = systemClock.after(SAMPLE_MS, () => {
			this.#sampleLater();
			if (this.#frozen) return;
			this.#sample();
			this.#options.onSample?.();
		});
	}

	#sample(): void {
		const { pid } = this.#child;
		if (pid === undefined || this.#ended) return;
		const usage = usageOf(pid);
		if (!usage) return;
		this.#cpuMs = Math.max(this.#cpuMs, usage.cpuMs);
		this.#currentBytes = usage.memoryBytes;
		this.reportMemory(usage.memoryBytes);
	}

	#onExit(error: Error | undefined): void {
		if (this.#exited) return;
		this.#exited = true;
		this.#cancelSample();
		if (this.#child.pid !== undefined) this.#options.guardian.forget(this.#child.pid);
		this.channel.destroy();
		this.#options.onExit(error);
	}

	#pipeLines(stream: Readable | null, level: "stdout" | "stderr"): void {
		const splitter = new LineSplitter((line) => this.#options.onLine(level, line));
		stream?.on("data", (chunk: Buffer) => splitter.push(chunk));
		stream?.on("close", () => splitter.end());
		stream?.on("error", () => {});
	}
}
