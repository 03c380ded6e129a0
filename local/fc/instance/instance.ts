import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../clock/clock.ts";
import type { FunctionDefinition } from "../../stack/index.ts";
import {
	encodeHeader,
	FrameReader,
	type FromInstance,
	type InstanceState,
	type InvocationContext,
} from "./frames.ts";
import type { Guardian } from "./guardian.ts";
import { LineSplitter } from "./line-splitter.ts";
import { VirtualTimers } from "./virtual-timers.ts";

const BOOTSTRAP = fileURLToPath(new URL("bootstrap.cjs", import.meta.url));

/** Share of an instance's memory that V8 may use for objects; buffers, code and stacks need the rest. */
const HEAP_SHARE = 0.8;

/** After this long a process that was asked to end is killed. */
const EXIT_GRACE_MS = 1_000;

const BYTES_PER_MB = 1024 * 1024;

export type Outcome =
	| { readonly type: "result"; readonly payload: Buffer }
	| { readonly type: "error"; readonly handled: boolean; readonly payload: Buffer }
	| { readonly type: "timeout" }
	| { readonly type: "exit" };

export interface InstanceSettings {
	readonly id: string;
	readonly definition: FunctionDefinition;
	readonly codePath: string;
	/** Folder for compiled code. */
	readonly codeCache: string;
	readonly environment: Readonly<Record<string, string>>;
	readonly clock: Clock;
	readonly guardian: Guardian;
	/** Whether the process is stopped between invocations, as in the cloud. */
	readonly freeze: boolean;
	/** Whether Date and timers inside follow `clock`. */
	readonly virtualTime: boolean;
	/** In virtual time, where Math.random inside begins: a number in [0, 1). */
	readonly seed: number;
	readonly onLog: (requestId: string | undefined, level: string, line: string) => void;
	readonly onExit: (instance: Instance) => void;
}

/** One process that runs one function, one invocation at a time. */
export class Instance {
	readonly id: string;
	readonly #settings: InstanceSettings;
	readonly #child: ChildProcess;
	readonly #channel: Duplex;
	#waiting: ((outcome: Outcome | "ready" | "stopped") => void) | undefined;
	#requestId: string | undefined;
	#frozen = false;
	#working = false;
	#exited = false;
	#killed = false;
	#peakBytes = 0;
	#onEnd: () => void = () => {};
	#probes: ((state: InstanceState) => void)[] = [];
	readonly #timers: VirtualTimers | undefined;

	constructor(settings: InstanceSettings) {
		this.id = settings.id;
		this.#settings = settings;
		if (settings.virtualTime) {
			this.#timers = new VirtualTimers(settings.clock, (id) =>
				this.#send({ t: "fire", id, now: settings.clock.now() }),
			);
		}
		const { definition } = settings;
		const heapMb = Math.floor(definition.memoryMb * HEAP_SHARE);
		// The vendors' SDKs still use what Node deprecates; it is not the function's author who can change that.
		const flags = [`--max-old-space-size=${heapMb}`, "--no-deprecation"];
		this.#child = spawn(process.execPath, [...flags, BOOTSTRAP], {
			cwd: settings.codePath,
			env: { ...settings.environment },
			stdio: ["ignore", "pipe", "pipe", "pipe"],
			// Ctrl-C is for the local cloud, which then stops its instances in order.
			detached: true,
		});
		this.#channel = this.#child.stdio[3] as unknown as Duplex;
		const reader = new FrameReader((header, body) => this.#onFrame(header, body));
		this.#channel.on("data", (chunk: Buffer) => reader.push(chunk));
		// The end of the process is what counts, and `exit` reports it.
		this.#channel.on("error", () => {});
		this.#pipeLines(this.#child.stdout, "stdout");
		this.#pipeLines(this.#child.stderr, "stderr");
		if (this.#child.pid !== undefined) settings.guardian.watch(this.#child.pid);
		this.#child.once("error", () => this.#onExit());
		// What the process sent before its end is still to be read from the channel.
		this.#child.once("exit", () => {
			if (this.#channel.closed) this.#onExit();
			else this.#channel.once("close", () => this.#onExit());
		});
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** Whether it may be given work: it has not ended and was not told to. */
	get alive(): boolean {
		return !this.#exited && !this.#killed;
	}

	/** Whether it has something to do. */
	get busy(): boolean {
		return this.#waiting !== undefined;
	}

	/** In virtual time, what it waits for; tells it the time, too. */
	async probe(): Promise<InstanceState | undefined> {
		if (!this.#timers || !this.busy) return undefined;
		return new Promise((resolve) => {
			this.#probes.push(resolve);
			this.#send({ t: "time", now: this.#settings.clock.now() });
		});
	}

	/** Largest memory that was seen, in MB with two decimals. */
	get peakMemoryMb(): number {
		return Math.round((this.#peakBytes / BYTES_PER_MB) * 100) / 100;
	}

	/** Loads the function and runs its initializer. */
	async start(context: InvocationContext): Promise<Outcome | "ready"> {
		const { definition, codePath, codeCache } = this.#settings;
		const { initializer, preStop } = definition;
		const limitSeconds = initializer?.timeoutSeconds ?? definition.timeoutSeconds;
		this.#requestId = context.requestId;
		const answered = this.#answer(limitSeconds);
		this.#send({
			t: "start",
			code: codePath,
			handler: definition.handler,
			...(initializer ? { initializer: initializer.handler } : {}),
			...(preStop ? { preStop: preStop.handler } : {}),
			memoryMb: definition.memoryMb,
			codeCache,
			...this.#time(),
			...(this.#timers ? { seed: this.#settings.seed } : {}),
			context,
		});
		const outcome = await answered;
		if (outcome === "stopped") return { type: "exit" };
		if (outcome === "ready") this.#freeze();
		return outcome;
	}

	async invoke(context: InvocationContext, event: Buffer): Promise<Outcome> {
		this.#thaw();
		this.#requestId = context.requestId;
		const answered = this.#answer(this.#settings.definition.timeoutSeconds);
		this.#send({ t: "invoke", ...this.#time(), context }, event);
		const outcome = await answered;
		if (outcome === "ready" || outcome === "stopped") return { type: "exit" };
		if (outcome.type === "result" || outcome.type === "error") this.#freeze();
		return outcome;
	}

	/** Runs preStop and ends the process; one that does not end in time is killed. */
	async stop(context: InvocationContext): Promise<void> {
		if (this.#exited) return;
		const exited = new Promise<void>((resolve) => {
			this.#onEnd = resolve;
		});
		const hook = this.#settings.definition.preStop;
		const limitMs = EXIT_GRACE_MS + (hook ? hook.timeoutSeconds * 1_000 : 0);
		const cancel = this.#settings.clock.after(limitMs, () => this.kill());
		this.#thaw();
		this.#requestId = context.requestId;
		this.#send({ t: "stop", context });
		await exited;
		cancel();
	}

	kill(): void {
		this.#killed = true;
		this.#child.kill("SIGKILL");
	}

	#answer(limitSeconds: number): Promise<Outcome | "ready" | "stopped"> {
		if (this.#exited) return Promise.resolve({ type: "exit" });
		return new Promise((resolve) => {
			const cancel = this.#settings.clock.after(limitSeconds * 1_000, () => {
				this.kill();
				this.#settle({ type: "timeout" });
			});
			this.#waiting = (outcome) => {
				cancel();
				resolve(outcome);
			};
		});
	}

	#settle(outcome: Outcome | "ready" | "stopped"): void {
		// Frozen or ended, it will answer no probe; that it is done is the answer.
		this.#answerProbes({ timers: 0, requests: 0, activity: -1 });
		const waiting = this.#waiting;
		this.#waiting = undefined;
		waiting?.(outcome);
	}

	#answerProbes(state: InstanceState): void {
		for (const answer of this.#probes.splice(0)) answer(state);
	}

	#onFrame(header: FromInstance, body: Buffer): void {
		switch (header.t) {
			case "ready":
				this.#settle("ready");
				return;
			case "failed":
				this.#settle({ type: "error", handled: false, payload: body });
				return;
			case "result":
				this.#peakBytes = Math.max(this.#peakBytes, header.rss);
				this.#working = header.working;
				this.#settle({ type: "result", payload: body });
				return;
			case "error":
				this.#peakBytes = Math.max(this.#peakBytes, header.rss);
				this.#working = header.working;
				this.#settle({ type: "error", handled: header.handled, payload: body });
				return;
			case "memory":
				this.#peakBytes = Math.max(this.#peakBytes, header.rss);
				this.#settings.onLog(this.#requestId, "error", "the instance is out of memory");
				return;
			case "log":
				for (const line of body.toString("utf8").replace(/\n$/, "").split("\n")) {
					this.#settings.onLog(header.id, header.level, line);
				}
				return;
			case "timer":
				this.#timers?.set(header.id, header.ms);
				return;
			case "clear":
				this.#timers?.clear(header.id);
				return;
			case "state":
				this.#answerProbes(header);
				return;
			case "stopped":
				return;
		}
	}

	#onExit(): void {
		if (this.#exited) return;
		this.#exited = true;
		if (this.#child.pid !== undefined) this.#settings.guardian.forget(this.#child.pid);
		this.#channel.destroy();
		this.#timers?.close();
		this.#settle({ type: "exit" });
		this.#settings.onExit(this);
		this.#onEnd();
	}

	#freeze(): void {
		if (!this.#settings.freeze || this.#working || this.#exited) return;
		this.#frozen = this.#child.kill("SIGSTOP");
		this.#timers?.freeze();
	}

	#thaw(): void {
		if (!this.#frozen) return;
		this.#frozen = false;
		this.#child.kill("SIGCONT");
		this.#timers?.thaw();
	}

	#time(): { now?: number } {
		return this.#timers ? { now: this.#settings.clock.now() } : {};
	}

	#send(header: Parameters<typeof encodeHeader>[0], body?: Buffer): void {
		this.#channel.write(encodeHeader(header, body?.length ?? 0));
		if (body?.length) this.#channel.write(body);
	}

	#pipeLines(stream: Readable | null, level: string): void {
		const splitter = new LineSplitter((line) => this.#settings.onLog(this.#requestId, level, line));
		stream?.on("data", (chunk: Buffer) => splitter.push(chunk));
		stream?.on("close", () => splitter.end());
		stream?.on("error", () => {});
	}
}
