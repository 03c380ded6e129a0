import { fileURLToPath } from "node:url";
import {
	encodeHeader,
	FrameReader,
	type FromInstance,
	type InstanceState,
	type InvocationContext,
} from "./frames.ts";
import type { Instance, InstanceSettings, Outcome } from "./instance.ts";
import { InstanceProcess } from "./instance-process.ts";
import { VirtualTimers } from "./virtual-timers.ts";

const BOOTSTRAP = fileURLToPath(new URL("bootstrap.cjs", import.meta.url));

/** Share of an instance's memory that V8 may use for objects; buffers, code and stacks need the rest. */
const HEAP_SHARE = 0.8;

/** After this long a process that was asked to end is killed. */
const EXIT_GRACE_MS = 1_000;

/** An instance of a built-in runtime: one invocation at a time. */
export class BuiltInInstance implements Instance {
	readonly id: string;
	readonly #settings: InstanceSettings;
	readonly #process: InstanceProcess;
	#waiting: ((outcome: Outcome | "ready" | "stopped") => void) | undefined;
	#requestId: string | undefined;
	#working = false;
	#killed = false;
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
		this.#process = new InstanceProcess({
			command: [process.execPath, ...flags, BOOTSTRAP],
			cwd: settings.codePath,
			environment: settings.environment,
			guardian: settings.guardian,
			onLine: (level, line) => this.#log(this.#requestId, level, line),
			onExit: () => this.#onExit(),
		});
		const reader = new FrameReader((header, body) => this.#onFrame(header, body));
		this.#process.channel.on("data", (chunk: Buffer) => reader.push(chunk));
	}

	get pid(): number | undefined {
		return this.#process.pid;
	}

	get alive(): boolean {
		return !this.#process.exited && !this.#killed;
	}

	get busy(): boolean {
		return this.#waiting !== undefined;
	}

	async probe(): Promise<InstanceState | undefined> {
		if (!this.#timers || !this.busy) return undefined;
		return new Promise((resolve) => {
			this.#probes.push(resolve);
			this.#send({ t: "time", now: this.#settings.clock.now() });
		});
	}

	get peakMemoryMb(): number {
		return this.#process.peakMb;
	}

	get cpuMs(): number {
		return this.#process.cpuMs;
	}

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
			...(initializer?.handler ? { initializer: initializer.handler } : {}),
			...(preStop?.handler ? { preStop: preStop.handler } : {}),
			memoryMb: definition.memoryMb,
			codeCache,
			...this.#time(),
			...(this.#timers ? { seed: this.#settings.seed } : {}),
			skewMs: this.#settings.skewMs,
			localPorts: this.#settings.localPorts,
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

	async stop(context: InvocationContext): Promise<void> {
		if (this.#process.exited) return;
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
		this.#process.kill();
	}

	#answer(limitSeconds: number): Promise<Outcome | "ready" | "stopped"> {
		if (this.#process.exited) return Promise.resolve({ type: "exit" });
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
		this.#answerProbes({ timers: 0, requests: 0, outside: 0, work: 0, activity: -1 });
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
				this.#process.reportMemory(header.rss);
				this.#working = header.working;
				this.#settle({ type: "result", payload: body });
				return;
			case "error":
				this.#process.reportMemory(header.rss);
				this.#working = header.working;
				this.#settle({ type: "error", handled: header.handled, payload: body });
				return;
			case "memory":
				this.#process.reportMemory(header.rss);
				this.#log(this.#requestId, "error", "the instance is out of memory");
				return;
			case "log":
				for (const line of body.toString("utf8").replace(/\n$/, "").split("\n")) {
					this.#log(header.id, header.level, line);
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
		this.#timers?.close();
		this.#settle({ type: "exit" });
		this.#settings.onExit(this);
		this.#onEnd();
	}

	#freeze(): void {
		if (!this.#settings.freeze || this.#working || this.#process.exited) return;
		this.#process.freeze();
		this.#timers?.freeze();
	}

	#thaw(): void {
		if (!this.#process.frozen) return;
		this.#process.thaw();
		this.#timers?.thaw();
	}

	#log(requestId: string | undefined, level: string, line: string): void {
		this.#settings.onLog(requestId === undefined ? [] : [requestId], level, line);
	}

	#time(): { now?: number } {
		return this.#timers ? { now: this.#settings.clock.now() } : {};
	}

	#send(header: Parameters<typeof encodeHeader>[0], body?: Buffer): void {
		const { channel } = this.#process;
		channel.write(encodeHeader(header, body?.length ?? 0));
		if (body?.length) channel.write(body);
	}
}
