import { existsSync } from "node:fs";
import { join } from "node:path";
import { listenHttp } from "../http-server.ts";
import { type FaultChooser, noFault } from "../request-fault.ts";
import type { LocalService, Queues, ServiceContext } from "../service.ts";
import type { EventStreamTrigger, FunctionDefinition, Stack } from "../stack/index.ts";
import { fillDisk, openDatabase } from "../store/database.ts";
import { createApi } from "./api/server.ts";
import { AsyncQueue } from "./async/queue.ts";
import { AsyncStore } from "./async/store.ts";
import { type Functions, findFunction } from "./functions.ts";
import { newRequestId } from "./ids.ts";
import { Guardian } from "./instance/guardian.ts";
import { ProcessorWatch } from "./instance/processor-watch.ts";
import { FunctionInvoker } from "./invoker.ts";
import { type SettleOptions, settle } from "./settle.ts";
import { BatchStore } from "./trigger/batch-store.ts";
import { EventStream } from "./trigger/event-stream.ts";
import { createHttpTrigger } from "./trigger/http.ts";
import { startTimer, timerEvent } from "./trigger/timer.ts";

import type { FunctionUsage } from "./usage.ts";

/** Where s.yaml names no cap; the cloud has 100 and more, a laptop has less memory. */
const DEFAULT_MAX_INSTANCES = 16;
/** An idle instance is stopped after this long. */
const DEFAULT_IDLE_MS = 5 * 60_000;
/** Generous, because a laptop may be busy with other things; it is rarely reached. */
const DEFAULT_SETTLE_LIMIT_MS = 10_000;

export interface FcOptions {
	readonly stack: Stack;
	/** Folder that the `code` of s.yaml is relative to. */
	readonly projectDir: string;
	/** Port of the first HTTP trigger; 0 takes a free one. */
	readonly httpPort: number;
	readonly queues: Queues;
	/** Most instances of a function to which s.yaml gives no reservedConcurrency. */
	readonly maxInstancesPerFunction?: number;
	/** An instance that was idle for this long is stopped, in milliseconds. */
	readonly idleInstanceMs?: number;
	/** Whether idle instances are stopped by signal as the cloud freezes them; true where the system can. */
	readonly freezeIdleInstances?: boolean;
	/**
	 * Whether Date and timers inside the instances follow `context.clock`, so
	 * that a virtual clock moves the functions' time as well.
	 */
	readonly virtualTime?: boolean;
	/** Ports of the other local services. */
	readonly localPorts?: readonly number[];
	/** Variables that only the local cloud sets, besides FC_ENDPOINT. */
	readonly environment?: Readonly<Record<string, string>>;
}

interface InstanceInfo {
	readonly functionName: string;
	readonly id: string;
	readonly pid: number | undefined;
}

export interface FcService extends LocalService {
	/** Address of the first function with an HTTP trigger; empty if there is none. */
	readonly httpUrl: string;
	/** Addresses of the HTTP triggers by function name. */
	readonly httpUrls: Readonly<Record<string, string>>;
	/** The living instances. */
	instances(): InstanceInfo[];
	/** What a function used since the last reset. */
	usage(functionName: string): FunctionUsage;
	resetUsage(): void;
	/** Fires a timer trigger now; `payload` takes the place of the one in s.yaml. */
	fireTimer(functionName: string, triggerName: string, payload?: string): Promise<void>;
	/**
	 * Sets the clock of new instances of a function, or of all functions, wrong by
	 * `ms`, with `one` of a single new instance. @returns ends that.
	 */
	skewClock(ms: number, functionName: string | undefined, one: boolean): () => void;
	/** From now on requests of this function run in instances that were started after this call. */
	reload(functionName: string): void;
	/** From now on asks `choose` for every request to the API; triggers are not concerned. */
	injectFaults(choose?: FaultChooser): void;
	/** Whether nothing can be written any more. */
	fillDisk(full: boolean): void;
	/**
	 * Resolves when no invocation is under way and no asynchronous request is
	 * due, when all of them wait for the virtual clock, or after `limitMs` of
	 * real time. For virtual clocks, which must not run ahead of the processes.
	 */
	settle(options?: Partial<SettleOptions>): Promise<void>;
}

/** Starts Function Compute with the functions and triggers of s.yaml. */
export async function startFc(context: ServiceContext, options: FcOptions): Promise<FcService> {
	const definitions = options.stack.functions;
	for (const definition of definitions) checkCode(definition, options.projectDir);
	const db = openDatabase(context.dataDir, "fc");
	const store = new AsyncStore(db);
	const batches = new BatchStore(db);
	const { clock, account, log } = context;
	const { queues } = options;
	const queue = new AsyncQueue({ clock, account, store, queues, log });
	const guardian = new Guardian();
	const processors = new ProcessorWatch();
	const invokers = new Map<string, FunctionInvoker>();
	const functions: Functions = { invokers, queue, store };
	let chooseFault = noFault;
	const api = await listenHttp(
		context.port,
		createApi(context, functions, (operation) => chooseFault(operation)),
	);

	const ports = [...(options.localPorts ?? []), portOf(api.url)];
	for (const definition of definitions) {
		const name = definition.functionName;
		const invoker = new FunctionInvoker({
			context,
			definition,
			projectDir: options.projectDir,
			guardian,
			processors,
			maxInstances: options.maxInstancesPerFunction ?? DEFAULT_MAX_INSTANCES,
			idleMs: options.idleInstanceMs ?? DEFAULT_IDLE_MS,
			freeze: options.freezeIdleInstances ?? process.platform !== "win32",
			virtualTime: options.virtualTime ?? false,
			extraEnvironment: { FC_ENDPOINT: api.url, ...options.environment },
			localPorts: () => ports,
			onFree: () => queue.onFree(name),
		});
		invokers.set(name, invoker);
		queue.addFunction(invoker);
		ensureDestinations(definition, queues);
	}

	const http = await listenTriggers(context, options, functions).catch(async (error: unknown) => {
		guardian.close();
		await api.close();
		db.close();
		throw error;
	});
	ports.push(...Object.values(http.urls).map(portOf));
	const endTimers = startTimers(context, functions);
	const streams: EventStream[] = [];
	for (const { definition, trigger } of eventStreams(definitions)) {
		const invoker = findFunction(functions, definition.functionName);
		const parts = { context, queues, store: batches, asyncQueue: queue, invoker, trigger };
		streams.push(new EventStream(parts));
	}
	queue.resume();
	for (const stream of streams) stream.start();

	const active = () =>
		queue.active ||
		streams.some((stream) => stream.active) ||
		[...invokers.values()].some((invoker) => invoker.active);

	return {
		url: api.url,
		httpUrl: Object.values(http.urls)[0] ?? "",
		httpUrls: http.urls,
		instances: () =>
			[...invokers.values()].flatMap((invoker) =>
				invoker.instances.map((instance) => ({
					functionName: invoker.definition.functionName,
					...instance,
				})),
			),
		usage: (functionName) => findFunction(functions, functionName).usage,
		resetUsage() {
			for (const invoker of invokers.values()) invoker.resetUsage();
		},
		async fireTimer(functionName, triggerName, payload) {
			const { definition } = findFunction(functions, functionName);
			const trigger = definition.triggers.find(({ name }) => name === triggerName);
			if (trigger?.type !== "timer") {
				throw new Error(`function ${functionName} has no timer trigger ${triggerName}`);
			}
			const event = timerEvent(triggerName, clock.now(), payload ?? trigger.payload);
			accept(context, functions, functionName, event);
		},
		skewClock(ms, functionName, one) {
			const concerned =
				functionName === undefined
					? [...invokers.values()]
					: [findFunction(functions, functionName)];
			const ends = concerned.map((invoker) => invoker.skewClock(ms, one));
			return () => {
				for (const end of ends) end();
			};
		},
		reload: (functionName) => findFunction(functions, functionName).reload(),
		injectFaults(choose = noFault) {
			chooseFault = choose;
		},
		fillDisk: (full) => fillDisk(db, full),
		settle: ({ limitMs = DEFAULT_SETTLE_LIMIT_MS, elsewhere = () => false } = {}) =>
			settle(invokers.values(), active, { limitMs, elsewhere }),
		async close() {
			for (const end of endTimers) end();
			for (const stream of streams) stream.close();
			queue.close();
			await Promise.all([api.close(), ...http.closes.map((close) => close())]);
			await Promise.all([...invokers.values()].map((invoker) => invoker.close()));
			guardian.close();
			db.close();
		},
	};
}

function portOf(url: string): number {
	return Number(new URL(url).port);
}

function checkCode(definition: FunctionDefinition, projectDir: string): void {
	if (definition.custom) {
		if (existsSync(join(projectDir, definition.code))) return;
		throw new Error(
			`function ${definition.functionName}: the folder ${definition.code} is missing; has it been built?`,
		);
	}
	const file = definition.handler.slice(0, definition.handler.lastIndexOf("."));
	const path = join(projectDir, definition.code, file);
	if (!existsSync(`${path}.js`) && !existsSync(`${path}.mjs`)) {
		throw new Error(
			`function ${definition.functionName}: ${join(definition.code, file)}.js is missing; has it been built?`,
		);
	}
}

function ensureDestinations(definition: FunctionDefinition, queues: Queues): void {
	for (const target of [definition.async.onSuccess, definition.async.onFailure]) {
		if (target?.type === "queue") queues.ensure(target.queue);
	}
}

async function listenTriggers(
	context: ServiceContext,
	options: FcOptions,
	functions: Functions,
): Promise<{ urls: Record<string, string>; closes: (() => Promise<void>)[] }> {
	const urls: Record<string, string> = {};
	const closes: (() => Promise<void>)[] = [];
	for (const { functionName, triggers } of options.stack.functions) {
		const trigger = triggers.find((candidate) => candidate.type === "http");
		if (!trigger) continue;
		const port = closes.length === 0 ? options.httpPort : 0;
		const listener = createHttpTrigger(context, functions, functionName, trigger);
		const server = await listenHttp(port, listener);
		urls[functionName] = server.url;
		closes.push(server.close);
	}
	return { urls, closes };
}

/**
 * Timers invoke asynchronously, and destinations are not told of it
 * ("Asynchronous invocation", note on time triggers).
 */
function startTimers(context: ServiceContext, functions: Functions): (() => void)[] {
	const ends: (() => void)[] = [];
	for (const { definition } of functions.invokers.values()) {
		for (const trigger of definition.triggers) {
			if (trigger.type !== "timer" || !trigger.enabled) continue;
			const name = definition.functionName;
			ends.push(startTimer(context, trigger, (event) => accept(context, functions, name, event)));
		}
	}
	return ends;
}

function accept(
	context: ServiceContext,
	functions: Functions,
	functionName: string,
	payload: Buffer,
): void {
	const requestId = newRequestId(context.clock.now());
	functions.queue.accept(functionName, { requestId, payload, delayMs: 0, reported: false });
}

function eventStreams(
	definitions: readonly FunctionDefinition[],
): { definition: FunctionDefinition; trigger: EventStreamTrigger }[] {
	return definitions.flatMap((definition) =>
		definition.triggers
			.filter((trigger) => trigger.type === "eventbridge" && trigger.enabled)
			.map((trigger) => ({ definition, trigger: trigger as EventStreamTrigger })),
	);
}
