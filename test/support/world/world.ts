import { createApp } from "../../../functions/http/app.ts";
import { apiDocument } from "../../../functions/http/document/index.ts";
import { Streams } from "../../../functions/http/stream/streams.ts";
import { createHandler as createQueue } from "../../../functions/queue/handler.ts";
import { JobWatch } from "../../../functions/queue/job-watch.ts";
import { ReactionBook } from "../../../functions/queue/reaction-book.ts";
import { createHandler as createTimer } from "../../../functions/timer/handler.ts";
import { createHandler as createWorker } from "../../../functions/worker/handler.ts";
import { JobGate } from "../../../functions/worker/job-gate.ts";
import { Meter } from "../../../functions/worker/meter.ts";
import { Outage } from "../../../functions/worker/outage.ts";
import { PLACES, Places } from "../../../functions/worker/places.ts";
import { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import type { Command } from "../../../shared/command/command.ts";
import type { FcContext } from "../../../shared/fc/context.ts";
import { type JobInvoker, writeJobPayload } from "../../../shared/fc/job-invoker.ts";
import {
	type OperationInvoker,
	startOf,
	type WorkerInvoker,
	writeCommand,
	writeOperation,
	writePayload,
} from "../../../shared/fc/worker-invoker.ts";
import { ModelCache } from "../../../shared/iot/model-cache.ts";
import { Acceptor } from "../../../shared/lifecycle/accept.ts";
import { wakeFollowers } from "../../../shared/lifecycle/in-order.ts";
import { createLog, type LogLevel } from "../../../shared/log.ts";
import { BatchSlots } from "../../../shared/quota/batch-slots.ts";
import { quotaOverview } from "../../../shared/quota/overview.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import { ENDED } from "../../../shared/store/command-store.ts";
import { JobTallies } from "../../../shared/store/job-tallies.ts";
import { LiveJobs } from "../../../shared/store/live-jobs.ts";
import { openStores, type Stores } from "../../../shared/store/stores.ts";
import type { Stored } from "../../../shared/stored.ts";
import type { Table } from "../../../shared/table/table.ts";
import { DescribedApi } from "../api/described-api.ts";
import { seededRandom } from "../random.ts";
import { MemoryTable } from "../table/memory-table.ts";
import { mortal } from "../table/mortal-table.ts";
import { followClock } from "../time/follow-clock.ts";
import { ScriptedLists } from "./scripted-lists.ts";
import { ScriptedPlatform } from "./scripted-platform.ts";

const API_KEY = "a-key-for-the-tests";
const MINUTE_MS = 60_000;
const DOCUMENT = apiDocument();
const described = new DescribedApi(DOCUMENT);

const QUEUES = {
	commands: ["thingcast-commands"],
	events: ["thingcast-events"],
	deadLetters: ["thingcast-commands-dead-letters", "thingcast-events-dead-letters", "failures"],
} as const;

interface QueuedMessage {
	readonly id: string;
	readonly body: string;
	readonly sentAt?: number;
}

export interface WorldOptions {
	readonly table?: (table: MemoryTable, clock: VirtualClock) => Table;
	/** Time limit of a worker invocation, in seconds. */
	readonly workerTimeout?: number;
	readonly random?: () => number;
	readonly quotaPerSecond?: number;
	readonly batchCallsPerSecond?: number;
	readonly batchDevices?: number;
	readonly uplinkPerSecond?: number;
	readonly corsOrigins?: readonly string[];
	/** @default "warn" */
	readonly logLevel?: LogLevel;
	/** What may come by a queue that is not named. */
	readonly otherQueues?: "commands" | "events";
	/** When in its minute the tick comes, in milliseconds. */
	readonly tickPhaseMs?: number;
}

/** What the API says of a command. */
export interface Shown {
	readonly id: string;
	readonly state: string;
	readonly terminal: boolean;
	readonly attempts: ReadonlyArray<{ readonly at: string; readonly code?: string }>;
	readonly args: unknown;
	readonly source: { readonly type: string; readonly ref: string | null };
	readonly error?: { readonly code: string; readonly message: string };
	readonly reply?: { readonly code: number; readonly data?: unknown };
	readonly [field: string]: unknown;
}

/**
 * The four functions with their real handlers, entered as the cloud enters
 * them, in virtual time: the ticks come every minute, and the worker is invoked
 * asynchronously.
 */
export class World implements WorkerInvoker, OperationInvoker, JobInvoker {
	readonly clock = new VirtualClock();
	readonly memory = new MemoryTable();
	readonly platform = new ScriptedPlatform(this.clock);
	readonly lists = new ScriptedLists();
	/** Lines that the functions logged. */
	readonly logged: string[] = [];
	/** Wakes of the worker, in order. */
	readonly wakes: Array<{ readonly ids: readonly string[]; readonly delayMs: number }> = [];
	/** False: Function Compute takes no invocation. */
	invocationsWork = true;
	/** Invocations of the worker that fail as a whole before they begin. */
	workerDies = false;
	ticking = true;
	readonly stores: Stores;

	readonly http: ReturnType<typeof createApp>;
	readonly queue: ReturnType<typeof createQueue>;
	readonly timer: ReturnType<typeof createTimer>;
	worker: ReturnType<typeof createWorker>;
	readonly #startWorker: () => ReturnType<typeof createWorker>;
	#killWorker: () => void = () => {};
	readonly #workerTimeout: number;
	#requests = 0;

	constructor(options: WorldOptions = {}) {
		const { clock, platform } = this;
		followClock(clock);
		const table = options.table?.(this.memory, clock) ?? this.memory;
		const random = options.random ?? seededRandom(1);
		const log = createLog(options.logLevel ?? "warn", (line) => this.logged.push(line));
		const limits = { perSecond: options.quotaPerSecond ?? 500, share: 1, maxInstances: 20 };
		const stores = openStores(table, clock);
		this.stores = stores;
		const base = { ...stores, table, worker: this, jobInvoker: this, clock, random, log };
		stores.commands.onEnd = wakeFollowers(base);
		const shared = { ...base, acceptor: new Acceptor(base) };
		this.#workerTimeout = options.workerTimeout ?? 300;
		const { batchDevices = 100, batchCallsPerSecond = 10, uplinkPerSecond = 1_000 } = options;
		const capacity = {
			alonePerSecond: limits.perSecond,
			togetherPerSecond: batchDevices > 1 ? batchCallsPerSecond * batchDevices : 0,
			repliesPerSecond: uplinkPerSecond,
		};
		this.http = createApp({
			...shared,
			streams: new Streams(shared),
			tallies: new JobTallies(table),
			apiKeys: [API_KEY],
			corsOrigins: options.corsOrigins ?? [],
			identify: (device) => platform.identify(device),
			fleet: { capacity, batchDevices },
			quota: () => quotaOverview(limits, { table, clock }),
			document: async () => DOCUMENT,
		});
		const reactions = new ReactionBook(stores.reactions, clock);
		this.queue = createQueue({
			...shared,
			reactions,
			liveJobs: new LiveJobs(stores.jobs, clock),
			jobWatch: new JobWatch(stores.jobs, clock),
			doors: { ...QUEUES, others: options.otherQueues ?? "events" },
		});
		this.timer = createTimer(shared);
		this.#startWorker = () => {
			const fate = { dead: false, out: () => false };
			this.#killWorker = () => {
				fate.dead = true;
			};
			const own = {
				...base,
				...openStores(mortal(table, fate), clock),
				table: mortal(table, fate),
			};
			own.commands.onEnd = wakeFollowers(own);
			const acceptor = new Acceptor(own);
			return createWorker({
				...own,
				acceptor,
				platform,
				lists: this.lists,
				models: new ModelCache(platform, clock),
				quota: new SharedQuota(limits, own),
				places: new Places(PLACES, clock),
				outage: new Outage(clock),
				slots: new BatchSlots(batchCallsPerSecond, own),
				batchDevices,
				capacity,
				liveJobs: new LiveJobs(own.jobs, clock),
				gate: new JobGate(own.jobs, clock),
				meter: new Meter(clock),
				maxCallMs: 15_000,
			});
		};
		this.worker = this.#startWorker();
		clock.after(options.tickPhaseMs ?? 0, () => this.#scheduleTick());
	}

	/** The port to the worker: asynchronous invocations, at least once, each delayed by whole seconds. */
	async wake(commands: readonly Stored<Command>[]): Promise<boolean> {
		if (!this.invocationsWork) return false;
		const now = this.clock.now();
		const secondOf = ({ document }: Stored<Command>) =>
			Math.floor((startOf(document, now) - now) / 1000);
		for (const second of new Set(commands.map(secondOf))) {
			const group = commands.filter((stored) => secondOf(stored) === second);
			const delayMs = second * 1000;
			this.wakes.push({ ids: group.map(({ document }) => document.id), delayMs });
			this.#invokeWorker(writePayload(group.map(writeCommand)), delayMs);
		}
		return true;
	}

	async resume(operation: string): Promise<boolean> {
		if (!this.invocationsWork) return false;
		this.#invokeWorker(writeOperation(operation), 0);
		return true;
	}

	#invokeWorker(event: Buffer, delayMs: number): void {
		this.clock.after(delayMs, () => {
			if (this.workerDies) return;
			this.worker(event, this.#context(this.#workerTimeout)).catch((error: Error) =>
				this.logged.push(`worker: ${error.message}`),
			);
		});
	}

	/** The port to whoever moves jobs on: the worker, too. */
	async drive(job: string, at: number): Promise<boolean> {
		if (!this.invocationsWork) return false;
		const delayMs = Math.ceil(Math.max(0, at - this.clock.now()) / 1000) * 1000;
		this.clock.after(delayMs, () => {
			if (this.workerDies) return;
			this.worker(writeJobPayload(job), this.#context(this.#workerTimeout)).catch((error: Error) =>
				this.logged.push(`job: ${error.message}`),
			);
		});
		return true;
	}

	/** The worker's instance has ended; what comes next begins another one, with an empty memory. */
	replaceWorker(): void {
		this.worker = this.#startWorker();
	}

	/** The worker's instance dies in the middle of everything: nothing that it does arrives any more. */
	killWorker(): void {
		this.#killWorker();
		this.replaceWorker();
	}

	/** A request as the HTTP trigger delivers it; its answer must be one that the API's document describes. */
	async request(
		method: string,
		path: string,
		options: { body?: unknown; headers?: Record<string, string>; key?: string | null } = {},
	): Promise<{ status: number; headers: Record<string, string>; body: Shown; text: string }> {
		const { body, key = API_KEY } = options;
		const text = typeof body === "string" ? body : JSON.stringify(body);
		const response = await this.fetch(
			method,
			path,
			{
				Authorization: key ? `Bearer ${key}` : "",
				...(text === undefined ? {} : { "content-type": "application/json" }),
				...options.headers,
			},
			text,
		);
		const answer = {
			status: response.status,
			headers: Object.fromEntries(response.headers),
			text: await textOf(response),
		};
		described.check(method, path, answer);
		const isJson = /^application\/(problem\+)?json/.test(answer.headers["content-type"] ?? "");
		return {
			...answer,
			body: (isJson && answer.text !== "" ? JSON.parse(answer.text) : {}) as Shown,
		};
	}

	/** A request while time passes anyway. */
	async fetchNow(method: string, path: string, body: object): Promise<Response> {
		return this.http.fetch(
			new Request(`http://function${path}`, {
				method,
				headers: { Authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
				body: JSON.stringify(body),
			}),
		);
	}

	/** As `request`, but the answer's body is left to be read. */
	fetch(
		method: string,
		path: string,
		headers: Record<string, string> = {},
		body?: string,
	): Promise<Response> {
		const request = new Request(`http://function${path}`, {
			method,
			headers: { Authorization: `Bearer ${API_KEY}`, ...headers },
			...(body === undefined ? {} : { body }),
		});
		return this.clock.run(Promise.resolve(this.http.fetch(request)));
	}

	/** Creates a command and gives what the API says of it. */
	async send(body: object, headers: Record<string, string> = {}): Promise<Shown> {
		const answer = await this.request("POST", "/v1/commands", {
			body: { device: LIGHT, service: "Set", ...body },
			headers,
		});
		if (answer.status !== 202) throw new Error(answer.text);
		return answer.body;
	}

	/** Ids of commands that the tick has to look at, now or later. */
	dueCommands(): string[] {
		const rows = this.memory.all("commands");
		const live = rows.filter(({ columns: { due } }) => due && !String(due).startsWith(ENDED));
		return live.map(({ key }) => key[1] ?? "");
	}

	async get(id: string): Promise<Shown> {
		return (await this.request("GET", `/v1/commands/${id}`)).body;
	}

	/** Messages as an EventBridge event stream delivers them from an MNS queue. */
	deliver(...messages: QueuedMessage[]) {
		return this.deliverFrom("thingcast-commands", ...messages);
	}

	/** The same from another queue. */
	deliverFrom(queue: string, ...messages: QueuedMessage[]) {
		return this.invokeQueue(messages.map((message) => this.cloudEvent(queue, message)));
	}

	cloudEvent(queue: string, { id, body, sentAt = this.clock.now() }: QueuedMessage) {
		return {
			id: `event-${id}`,
			source: "acs:mns",
			specversion: "1.0",
			type: "mns:Queue:SendMessage",
			datacontenttype: "application/json; charset=utf-8",
			subject: `acs:mns:cn-shanghai:1:queues/${queue}`,
			time: new Date(sentAt).toISOString(),
			data: { requestId: "r", messageId: id, messageBody: body },
		};
	}

	/** The queue function with any event. */
	invokeQueue(event: unknown) {
		return this.clock.run(this.#invokesQueue(event));
	}

	#invokesQueue(event: unknown) {
		const text = typeof event === "string" ? event : JSON.stringify(event);
		return this.queue(Buffer.from(text), this.#context(120));
	}

	/** What the platform puts into the events queue. */
	report(topic: string, payload: object) {
		return this.clock.run(this.hears(topic, payload));
	}

	/** The same, while time passes anyway. */
	hears(topic: string, payload: object) {
		return this.hearsAll([{ topic, payload }]);
	}

	hearsAll(messages: ReadonlyArray<{ readonly topic: string; readonly payload: object }>) {
		return this.#invokesQueue(
			messages.map(({ topic, payload }) => {
				const message = {
					messageid: `m-${this.#requests++}`,
					messagetype: "upload",
					topic,
					payload: Buffer.from(JSON.stringify(payload)).toString("base64"),
					timestamp: Math.floor(this.clock.now() / 1000),
				};
				const body = JSON.stringify(message);
				return this.cloudEvent("thingcast-events", { id: message.messageid, body });
			}),
		);
	}

	reply(messageId: string, code = 200, extra: object = {}) {
		return this.report("/pk/light/thing/downlink/reply/message", {
			...NAMES,
			requestId: messageId,
			code,
			message: code === 200 ? "success" : "not so",
			data: {},
			...extra,
		});
	}

	status(status: "online" | "offline") {
		return this.report("/as/mqtt/status/pk/light", { ...NAMES, status });
	}

	fire(triggerName: string, payload: string, at = this.clock.now()) {
		const triggerTime = new Date(at).toISOString();
		const event = Buffer.from(JSON.stringify({ triggerTime, triggerName, payload }));
		return this.clock.run(this.timer(event, this.#context(120)));
	}

	#scheduleTick(): void {
		this.clock.after(MINUTE_MS, () => {
			this.#scheduleTick();
			if (!this.ticking) return;
			const triggerTime = new Date(this.clock.now()).toISOString();
			const event = Buffer.from(JSON.stringify({ triggerTime, triggerName: "tick", payload: "" }));
			this.timer(event, this.#context(120)).catch((error: Error) =>
				this.logged.push(`tick: ${error.message}`),
			);
		});
	}

	#context(timeout: number): FcContext {
		return { requestId: `request-${this.#requests++}`, timeoutSeconds: timeout };
	}
}

/** Of a stream nothing: it would not end. */
async function textOf(response: Response): Promise<string> {
	if (response.headers.get("content-type") !== "text/event-stream") return response.text();
	await response.body?.cancel();
	return "";
}

export const LIGHT = { productKey: "pk", deviceName: "light" };
const NAMES = { iotId: "iot-1", ...LIGHT, gmtCreate: 1 };
