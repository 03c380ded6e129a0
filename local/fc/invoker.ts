import { join } from "node:path";
import type { Credentials } from "../account.ts";
import type { ServiceContext } from "../service.ts";
import type { FunctionDefinition } from "../stack/index.ts";
import { fcErrors } from "./errors.ts";
import { newInstanceId, newRequestId } from "./ids.ts";
import { BuiltInInstance } from "./instance/built-in-instance.ts";
import { CustomInstance, type HttpCall } from "./instance/custom-instance.ts";
import { instanceEnvironment } from "./instance/environment.ts";
import type { InstanceState, InvocationContext } from "./instance/frames.ts";
import type { Guardian } from "./instance/guardian.ts";
import type { Instance, InstanceSettings, Outcome } from "./instance/instance.ts";
import { InstancePool } from "./instance/pool.ts";
import type { ProcessorWatch } from "./instance/processor-watch.ts";
import { LogTails } from "./log-tail.ts";
import { type FunctionUsage, UsageMeter } from "./usage.ts";

/** Temporary credentials of an instance are valid for 36 hours (Function Compute, "Context"). */
const CREDENTIALS_MS = 36 * 3_600_000;
/** An instance whose credentials end sooner than this gets no more requests. */
const CREDENTIALS_MARGIN_MS = 30 * 60_000;

/** Results of a function ("Limits", 32 MB). */
const MAX_RESULT_BYTES = 32 * 1024 * 1024;

/** Turns of the event loop that the pipes of an instance are given. */
const READ_TURNS = 3;

export type Invocation =
	| {
			readonly type: "success";
			readonly payload: Buffer;
			readonly stats: InvocationStats;
	  }
	| {
			readonly type: "error";
			/** The value of `x-fc-error-type`. */
			readonly errorType: "HandledInvocationError" | "UnhandledInvocationError";
			/** JSON: errorMessage, errorType, stackTrace. */
			readonly payload: Buffer;
			readonly stats: InvocationStats;
	  }
	| { readonly type: "throttled"; readonly limit: number };

interface InvocationStats {
	readonly instanceId: string;
	readonly durationMs: number;
	readonly maxMemoryMb: number;
	/** In base64; empty unless it was asked for. */
	readonly logTail: string;
}

export interface InvokerOptions {
	readonly context: ServiceContext;
	readonly definition: FunctionDefinition;
	readonly projectDir: string;
	readonly guardian: Guardian;
	readonly processors: ProcessorWatch;
	readonly maxInstances: number;
	readonly idleMs: number;
	readonly freeze: boolean;
	readonly virtualTime: boolean;
	readonly extraEnvironment: Readonly<Record<string, string>>;
	/** The ports at which instances reach the local cloud. */
	readonly localPorts: () => readonly number[];
	/** Called whenever a request could be served that could not before. */
	readonly onFree: () => void;
}

/** Runs the invocations of one function. */
export class FunctionInvoker {
	readonly definition: FunctionDefinition;
	readonly #instanceLimit: number;
	/** Most invocations at a time. */
	readonly limit: number;
	readonly #options: InvokerOptions;
	readonly #pool: InstancePool;
	/** Instances with code that is no longer the function's. */
	readonly #outdated = new WeakSet<Instance>();
	readonly #credentials = new WeakMap<
		Instance,
		{ keys: Required<Credentials>; expiresAt: number; generation: number }
	>();
	#skew: { ms: number; left: number; instances: Set<Instance> } | undefined;
	readonly #tails = new LogTails();
	readonly #meter = new UsageMeter();

	constructor(options: InvokerOptions) {
		this.#options = options;
		this.definition = options.definition;
		const reserved = options.definition.reservedConcurrency;
		const machine = options.maxInstances;
		this.#instanceLimit = Math.min(reserved ?? machine, machine);
		this.limit = this.#instanceLimit * this.definition.instanceConcurrency;
		const { clock } = options.context;
		this.#pool = new InstancePool({
			clock,
			maxInstances: this.#instanceLimit,
			concurrency: this.definition.instanceConcurrency,
			processors: options.processors,
			// Past its own cap a function refuses, as in the cloud; past the machine's, requests wait.
			refuse: reserved !== undefined && reserved <= machine,
			idleMs: options.idleMs,
			start: () => this.#startInstance(),
			stop: (instance) => instance.stop(this.#contextOf(instance, newRequestId(clock.now()))),
			usable: (instance) => !this.#outdated.has(instance) && this.#credentialsHold(instance),
			onFree: options.onFree,
		});
	}

	/** Ids and process ids of the living instances. */
	get instances(): readonly { readonly id: string; readonly pid: number | undefined }[] {
		return this.#pool.instances.map(({ id, pid }) => ({ id, pid }));
	}

	/** Since the last reset. */
	get usage(): FunctionUsage {
		return this.#meter.usage;
	}

	resetUsage(): void {
		this.#meter.reset();
	}

	get underWay(): number {
		return this.#pool.underWay;
	}

	/** Whether something is under way, or an instance has not come to rest after it. */
	get active(): boolean {
		return this.underWay > 0 || this.#pool.instances.some(({ busy }) => busy);
	}

	/** The states of the instances that have something to do. */
	probeBusy(): Promise<InstanceState | undefined>[] {
		return this.#pool.instances.filter(({ busy }) => busy).map((instance) => instance.probe());
	}

	invoke(requestId: string, event: Buffer, tail = false): Promise<Invocation> {
		return this.#run(requestId, tail, (instance, context) => instance.invoke(context, event));
	}

	/** Passes a request on to a custom runtime, which answers it itself. */
	forward(requestId: string, call: HttpCall): Promise<Invocation> {
		return this.#run(requestId, false, (instance, context) => {
			if (!(instance instanceof CustomInstance)) throw fcErrors.internal();
			return instance.forward(context, call);
		});
	}

	async #run(
		requestId: string,
		tail: boolean,
		work: (instance: Instance, context: InvocationContext) => Promise<Outcome>,
	): Promise<Invocation> {
		const { clock } = this.#options.context;
		if (tail) this.#tails.begin(requestId);
		const acquired = await this.#pool.acquire();
		if (acquired.type === "throttled") {
			if (tail) this.#tails.take(requestId);
			return { type: "throttled", limit: this.#instanceLimit };
		}
		const beganAt = clock.now();
		if (acquired.type === "failed") {
			return this.#conclude(requestId, tail, beganAt, acquired.outcome, "", acquired.peakMemoryMb);
		}
		const { instance, release } = acquired.lease;
		this.#meter.invoked();
		const outcome = await work(instance, this.#contextOf(instance, requestId)).finally(release);
		if (tail) await writtenLinesArrive();
		const memory = instance.peakMemoryMb;
		return this.#conclude(requestId, tail, beganAt, outcome, instance.id, memory);
	}

	/**
	 * Sets the clock of the instances that are started from now on, or of the first
	 * of them, wrong by `ms`. Those that there are get no more requests, with `one` a single one of them.
	 * @returns ends that: instances with a wrong clock get no more requests.
	 */
	skewClock(ms: number, one: boolean): () => void {
		const skew = { ms, left: one ? 1 : Number.POSITIVE_INFINITY, instances: new Set<Instance>() };
		this.#skew = skew;
		const [first] = this.#pool.instances;
		if (!one) this.reload();
		else if (first) this.#outdated.add(first);
		return () => {
			if (this.#skew === skew) this.#skew = undefined;
			for (const instance of skew.instances) this.#outdated.add(instance);
		};
	}

	/** Gives no more requests to the instances that there are: the next ones read the code anew. */
	reload(): void {
		for (const instance of this.#pool.instances) this.#outdated.add(instance);
	}

	close(): Promise<void> {
		return this.#pool.close();
	}

	#conclude(
		requestId: string,
		tail: boolean,
		beganAt: number,
		outcome: Outcome,
		instanceId: string,
		maxMemoryMb: number,
	): Invocation {
		const durationMs = this.#options.context.clock.now() - beganAt;
		const stats = {
			instanceId,
			durationMs,
			maxMemoryMb,
			logTail: tail ? this.#tails.take(requestId) : "",
		};
		switch (outcome.type) {
			case "result":
				if (outcome.payload.length > MAX_RESULT_BYTES) {
					return unhandled(
						`response payload size exceeds maximum allowed size (${MAX_RESULT_BYTES} bytes)`,
						stats,
					);
				}
				return { type: "success", payload: outcome.payload, stats };
			case "error":
				return {
					type: "error",
					errorType: outcome.handled ? "HandledInvocationError" : "UnhandledInvocationError",
					payload: outcome.payload,
					stats,
				};
			case "timeout":
				return unhandled(
					`Function timed out after ${this.definition.timeoutSeconds} seconds (maxMemoryUsage: ${maxMemoryMb}MB)`,
					stats,
				);
			case "exit":
				return unhandled(
					`Process exited unexpectedly before completing request (duration: ${durationMs}ms, maxMemoryUsage: ${maxMemoryMb}MB)`,
					stats,
				);
		}
	}

	#startInstance(): { instance: Instance; started: Promise<Outcome | "ready"> } {
		const { context, definition, projectDir, guardian, extraEnvironment } = this.#options;
		const now = context.clock.now();
		const id = newInstanceId(now);
		const expiresAt = now + CREDENTIALS_MS;
		const keys = context.account.issueTemporary(expiresAt);
		const skew = this.#skew && this.#skew.left-- > 0 ? this.#skew : undefined;
		const codePath = join(projectDir, definition.code);
		const instance = newInstance({
			id,
			definition,
			codePath,
			codeCache: join(context.dataDir, "fc-code-cache"),
			environment: instanceEnvironment(definition, {
				instanceId: id,
				accountId: context.account.accountId,
				region: context.account.region,
				codePath,
				credentials: keys,
				extra: extraEnvironment,
			}),
			clock: context.clock,
			guardian,
			freeze: this.#options.freeze,
			virtualTime: this.#options.virtualTime,
			seed: context.random(),
			skewMs: skew?.ms ?? 0,
			localPorts: this.#options.localPorts(),
			onLog: (requestIds, level, line) => this.#onLog(requestIds, level, line),
			onExit: (exited) => {
				this.#meter.ended(exited);
				skew?.instances.delete(exited);
				this.#pool.forget(exited);
			},
		});
		this.#credentials.set(instance, {
			keys,
			expiresAt,
			generation: context.account.generation,
		});
		this.#meter.started(instance);
		skew?.instances.add(instance);
		const started = instance
			.start(this.#contextOf(instance, newRequestId(now)))
			// This machine has no more processes or files to give.
			.catch((error: unknown): Outcome => {
				context.log(`${definition.functionName}: ${String(error)}`);
				return { type: "exit" };
			});
		return { instance, started };
	}

	#credentialsHold(instance: Instance): boolean {
		const held = this.#credentials.get(instance);
		const { account, clock } = this.#options.context;
		if (!held || held.generation < account.generation) return false;
		return held.expiresAt - clock.now() > CREDENTIALS_MARGIN_MS;
	}

	#onLog(requestIds: readonly string[], level: string, line: string): void {
		const { context } = this.#options;
		const [first = "-", ...others] = requestIds;
		context.log(`${this.definition.functionName} ${others.length > 0 ? "-" : first} ${line}`);
		for (const requestId of requestIds) {
			this.#tails.add(requestId, () => {
				const time = new Date(context.clock.now()).toISOString();
				return `${time} ${requestId} [${level}] ${line}`;
			});
		}
	}

	#contextOf(instance: Instance, requestId: string): InvocationContext {
		const { context, definition } = this.#options;
		const credentials = this.#credentials.get(instance)?.keys;
		if (!credentials) throw fcErrors.internal();
		return {
			requestId,
			credentials,
			function: {
				name: definition.functionName,
				handler: definition.handler,
				memory: definition.memoryMb,
				timeout: definition.timeoutSeconds,
			},
			service: { logProject: "", logStore: "", qualifier: "LATEST", versionId: "" },
			region: context.account.region,
			accountId: context.account.accountId,
		};
	}
}

/** What was written before the answer came another way, but is here already: it has only to be read. */
async function writtenLinesArrive(): Promise<void> {
	for (let turn = 0; turn < READ_TURNS; turn++) {
		await new Promise<void>((resolve) => setImmediate(resolve));
	}
}

function newInstance(settings: InstanceSettings): Instance {
	return settings.definition.custom ? new CustomInstance(settings) : new BuiltInInstance(settings);
}

function unhandled(errorMessage: string, stats: InvocationStats): Invocation {
	return {
		type: "error",
		errorType: "UnhandledInvocationError",
		payload: Buffer.from(JSON.stringify({ errorMessage })),
		stats,
	};
}
