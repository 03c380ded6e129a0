import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "../../clock/clock.ts";
import { requestIdsIn } from "../ids.ts";
import { Calls, failed } from "./calls.ts";
import { type ControlPath, contextHeaders } from "./custom-headers.ts";
import { customCommand, customEnvironment } from "./custom-process.ts";
import { FollowedClock } from "./followed-clock.ts";
import type { InstanceState, InvocationContext } from "./frames.ts";
import { freePort } from "./free-port.ts";
import type { Instance, InstanceSettings, Outcome } from "./instance.ts";
import { InstanceProcess } from "./instance-process.ts";
import { runCommandHook } from "./lifecycle-command.ts";
import { passRequestOn } from "./pass-on.ts";
import { readAll, ServerConnection } from "./server-connection.ts";
import { serverReady } from "./server-ready.ts";

/** After this long a process that was asked to end is killed. */
const EXIT_GRACE_MS = 1_000;
/** How long the end of a process may take to be reported after its connections broke. */
const EXIT_REPORT_MS = 100;
/** The status, and the value of `x-fc-status`, of a failed invocation ("Event functions"). */
const FAILED = 404;

/** An HTTP request that a trigger passes on. */
export interface HttpCall {
	readonly request: IncomingMessage;
	readonly body: Buffer;
	readonly response: ServerResponse;
}

/** An instance of a custom runtime: a program that serves invocations over HTTP, several at a time. */
export class CustomInstance implements Instance {
	readonly id: string;
	readonly #settings: InstanceSettings;
	readonly #calls: Calls;
	#process: InstanceProcess | undefined;
	#connection: ServerConnection | undefined;
	#environment: Readonly<Record<string, string>> = {};
	#spawnError: Error | undefined;
	/** It takes nothing new, and ends with the last request that it has. */
	#retired = false;
	#killed = false;
	#exited = false;
	/** Without a request, and not frozen yet. */
	#comingToRest = false;
	/** Its program has been started, and does not serve yet. */
	#launching = false;
	#time: FollowedClock | undefined;
	#onEnd: () => void = () => {};

	constructor(settings: InstanceSettings) {
		this.id = settings.id;
		this.#settings = settings;
		this.#calls = new Calls(settings.clock, (outcome) => this.#afterCall(outcome));
	}

	get pid(): number | undefined {
		return this.#process?.pid;
	}

	get alive(): boolean {
		return !this.#exited && !this.#killed && !this.#retired;
	}

	get busy(): boolean {
		return this.#calls.count > 0 || this.#comingToRest || this.#launching;
	}

	get peakMemoryMb(): number {
		return this.#process?.peakMb ?? 0;
	}

	get cpuMs(): number {
		return this.#process?.cpuMs ?? 0;
	}

	async probe(): Promise<InstanceState | undefined> {
		if (this.#launching) return { timers: 0, requests: 0, outside: 0, work: 1, activity: 0 };
		const state = await this.#time?.probe();
		if (!state) return undefined;
		// What was sent and has not arrived, there or back, is under way as well.
		const travelling = Math.abs(this.#calls.count - state.served);
		return { ...state, work: state.work + travelling };
	}

	async start(context: InvocationContext): Promise<Outcome | "ready"> {
		const { definition } = this.#settings;
		const { initializer } = definition;
		this.#launching = true;
		const port = await freePort();
		if (port === undefined) {
			this.#launching = false;
			return failed("no port is free for the function's server");
		}
		const connection = new ServerConnection(port);
		// It may have been told to end meanwhile.
		if (this.#killed) {
			this.#launching = false;
			return { type: "exit" };
		}
		this.#connection = connection;
		this.#spawn(connection.port);
		const ready = await serverReady(connection, definition.custom?.healthCheck, () => this.#exited);
		this.#launching = false;
		if (ready !== "ready") {
			const reason = this.#spawnError?.message ?? ready.reason;
			return failed(`the function's server cannot be started: ${reason}`, "FunctionNotStarted");
		}
		if (initializer) {
			const { command, timeoutSeconds } = initializer;
			const outcome = await this.#calls.run(context.requestId, timeoutSeconds, (signal) =>
				command
					? runCommandHook(command, this.#hookSettings(context, signal))
					: this.#exchange("POST", "/initialize", context, Buffer.alloc(0), signal),
			);
			if (outcome.type !== "result") return outcome;
		}
		this.#freeze();
		return "ready";
	}

	invoke(context: InvocationContext, event: Buffer): Promise<Outcome> {
		return this.#run(context, (signal) =>
			this.#exchange("POST", "/invoke", context, event, signal),
		);
	}

	/** Passes a request on as it is, and the answer back as it comes. */
	forward(context: InvocationContext, call: HttpCall): Promise<Outcome> {
		return this.#run(context, (signal) =>
			this.#guarded(async (connection) => {
				await passRequestOn(connection, call, this.#headers(context, "/http-invoke"), signal);
				return { type: "result", payload: Buffer.alloc(0) };
			}),
		);
	}

	async stop(context: InvocationContext): Promise<void> {
		if (this.#exited || !this.#process) return;
		const exited = new Promise<void>((resolve) => {
			this.#onEnd = resolve;
		});
		this.#thaw();
		const { preStop } = this.#settings.definition;
		if (preStop) {
			// In real time: nobody may be left to move a clock.
			const controller = new AbortController();
			const { signal } = controller;
			const cancel = systemClock.after(preStop.timeoutSeconds * 1_000, () => controller.abort());
			const { command } = preStop;
			await (command
				? runCommandHook(command, this.#hookSettings(context, signal))
				: this.#exchange("GET", "/pre-stop", context, undefined, signal).catch(() => {}));
			cancel();
		}
		this.#process.terminate();
		const cancel = systemClock.after(EXIT_GRACE_MS, () => this.kill());
		await exited;
		cancel();
	}

	kill(): void {
		this.#killed = true;
		this.#process?.kill();
	}

	#spawn(port: number): void {
		const {
			definition,
			codePath,
			guardian,
			environment,
			virtualTime,
			clock,
			seed,
			skewMs,
			localPorts,
		} = this.#settings;
		const time = virtualTime ? { now: clock.now(), seed, skewMs, localPorts } : { skewMs };
		this.#environment = customEnvironment(definition, environment, port, time);
		this.#process = new InstanceProcess({
			command: customCommand(definition),
			cwd: codePath,
			environment: this.#environment,
			guardian,
			onLine: (level, line) => this.#log(level, line),
			onExit: (error) => this.#onExit(error),
			onSample: () => this.#checkMemory(),
		});
		if (virtualTime) this.#time = new FollowedClock(this.#process.channel, clock);
	}

	#run(
		context: InvocationContext,
		work: (signal: AbortSignal) => Promise<Outcome>,
	): Promise<Outcome> {
		if (this.#exited) return Promise.resolve({ type: "exit" });
		this.#thaw();
		return this.#calls.run(context.requestId, this.#settings.definition.timeoutSeconds, work);
	}

	#headers(context: InvocationContext, path: ControlPath): Record<string, string> {
		return { ...contextHeaders(context, path), ...this.#time?.headers() };
	}

	#exchange(
		method: "GET" | "POST",
		path: Exclude<ControlPath, "/http-invoke">,
		context: InvocationContext,
		body: Buffer | undefined,
		signal: AbortSignal,
	): Promise<Outcome> {
		return this.#guarded(async (connection) => {
			const headers = {
				...this.#headers(context, path),
				...(body
					? { "content-type": "application/octet-stream", "content-length": String(body.length) }
					: {}),
			};
			const sent = { method, path, headers, signal, ...(body ? { body } : {}) };
			const answer = await connection.send(sent);
			const payload = await readAll(answer);
			const well = answer.statusCode === 200 && answer.headers["x-fc-status"] !== String(FAILED);
			return well ? { type: "result", payload } : { type: "error", handled: false, payload };
		});
	}

	/** A broken connection means that the process ended, or that its server misbehaves. */
	async #guarded(work: (connection: ServerConnection) => Promise<Outcome>): Promise<Outcome> {
		if (!this.#connection) return { type: "exit" };
		try {
			return await work(this.#connection);
		} catch (error) {
			if (!this.#exited) await systemClock.sleep(EXIT_REPORT_MS);
			if (this.#exited || this.#killed) return { type: "exit" };
			return failed(`the function's server did not answer: ${(error as Error).message}`);
		}
	}

	#afterCall(outcome: Outcome): void {
		if (outcome.type === "timeout") this.#retired = true;
		if (this.#calls.count > 0) return;
		if (this.#retired) this.kill();
		else void this.#rest();
	}

	/** In virtual time it is frozen once it is quiet, so that what it does repeats itself. */
	async #rest(): Promise<void> {
		if (this.#comingToRest) return;
		if (this.#time) {
			this.#comingToRest = true;
			await this.#time.quiet(() => this.#calls.count > 0);
			this.#comingToRest = false;
		}
		if (this.#calls.count === 0) this.#freeze();
	}

	#onExit(error: Error | undefined): void {
		this.#exited = true;
		this.#spawnError = error;
		this.#connection?.close();
		this.#time?.close();
		this.#calls.endAll({ type: "exit" });
		this.#settings.onExit(this);
		this.#onEnd();
	}

	#checkMemory(): void {
		const { definition } = this.#settings;
		if ((this.#process?.currentMb ?? 0) <= definition.memoryMb || this.#killed) return;
		this.#log("stderr", "the instance is out of memory");
		this.kill();
	}

	#freeze(): void {
		if (!this.#settings.freeze || !this.alive) return;
		this.#process?.freeze();
		this.#time?.freeze();
	}

	#thaw(): void {
		if (!this.#process?.frozen) return;
		this.#process.thaw();
		this.#time?.thaw();
	}

	/**
	 * A line that names its request belongs to that one, else to all that are
	 * under way. It may arrive a moment after the answer, which comes another way.
	 */
	#log(level: string, line: string): void {
		const named = requestIdsIn(line);
		this.#settings.onLog(named.length > 0 ? named : this.#calls.requestIds, level, line);
	}

	#hookSettings(context: InvocationContext, signal: AbortSignal) {
		return {
			cwd: this.#settings.codePath,
			environment: this.#environment,
			signal,
			onLine: (line: string) => this.#settings.onLog([context.requestId], "stdout", line),
		};
	}
}
