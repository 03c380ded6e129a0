import { createHandler as createHttp } from "../../../functions/http/handler.ts";
import { createHandler as createQueue } from "../../../functions/queue/handler.ts";
import { ReactionBook } from "../../../functions/queue/reaction-book.ts";
import { createHandler as createTimer } from "../../../functions/timer/handler.ts";
import { createHandler as createWorker } from "../../../functions/worker/handler.ts";
import { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import type { FcContext } from "../../../shared/fc/context.ts";
import type { WorkerInvoker } from "../../../shared/fc/worker-invoker.ts";
import { ModelCache } from "../../../shared/iot/model-cache.ts";
import { Acceptor } from "../../../shared/lifecycle/accept.ts";
import { createLog } from "../../../shared/log.ts";
import { quotaOverview } from "../../../shared/quota/overview.ts";
import { SharedQuota } from "../../../shared/quota/shared-quota.ts";
import { CommandStore } from "../../../shared/store/command-store.ts";
import { DeadLetterStore } from "../../../shared/store/dead-letter-store.ts";
import { DueStore } from "../../../shared/store/due-store.ts";
import { IdempotencyStore } from "../../../shared/store/idempotency-store.ts";
import { ParkStore } from "../../../shared/store/park-store.ts";
import { ReactionStateStore } from "../../../shared/store/reaction-state-store.ts";
import { ReactionStore } from "../../../shared/store/reaction-store.ts";
import { ReplyStore } from "../../../shared/store/reply-store.ts";
import { ScheduleStore } from "../../../shared/store/schedule-store.ts";
import type { Table } from "../../../shared/table/table.ts";
import { MemoryTable } from "../table/memory-table.ts";
import { ScriptedPlatform } from "./scripted-platform.ts";

const API_KEY = "a-key-for-the-tests";
const MINUTE_MS = 60_000;

export interface WorldOptions {
	readonly table?: (table: MemoryTable) => Table;
	/** Time limit of a worker invocation, in seconds. */
	readonly workerTimeout?: number;
	readonly random?: () => number;
	readonly quotaPerSecond?: number;
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
export class World implements WorkerInvoker {
	readonly clock = new VirtualClock();
	readonly memory = new MemoryTable();
	readonly platform = new ScriptedPlatform(this.clock);
	/** Lines that the functions logged. */
	readonly logged: string[] = [];
	/** Wakes of the worker, in order. */
	readonly wakes: Array<{ readonly ids: readonly string[]; readonly delayMs: number }> = [];
	/** False: Function Compute takes no invocation. */
	invocationsWork = true;
	/** Invocations of the worker that fail as a whole before they begin. */
	workerDies = false;
	ticking = true;

	readonly http: ReturnType<typeof createHttp>;
	readonly queue: ReturnType<typeof createQueue>;
	readonly timer: ReturnType<typeof createTimer>;
	readonly worker: ReturnType<typeof createWorker>;
	readonly #workerTimeout: number;
	#requests = 0;

	constructor(options: WorldOptions = {}) {
		const { clock, platform } = this;
		const table = options.table?.(this.memory) ?? this.memory;
		const random = options.random ?? Math.random;
		const log = createLog("warn", (line) => this.logged.push(line));
		const limits = { perSecond: options.quotaPerSecond ?? 500, share: 1, maxInstances: 20 };
		const commands = new CommandStore(table, clock);
		const idempotency = new IdempotencyStore(table, clock);
		const reactions = new ReactionStore(table);
		const shared = {
			commands,
			replies: new ReplyStore(table),
			parked: new ParkStore(table),
			deadLetters: new DeadLetterStore(table),
			schedules: new ScheduleStore(table),
			idempotency,
			reactions,
			acceptor: new Acceptor({ commands, idempotency, worker: this, clock, random }),
			worker: this,
			clock,
			random,
			log,
		};
		this.#workerTimeout = options.workerTimeout ?? 300;
		this.http = createHttp({
			...shared,
			table,
			apiKeys: [API_KEY],
			identify: (device) => platform.identify(device),
			quota: () => quotaOverview(limits, { table, clock }),
		});
		this.queue = createQueue({
			...shared,
			reactions: new ReactionBook(reactions, clock),
			reactionState: new ReactionStateStore(table),
		});
		this.timer = createTimer({ ...shared, due: new DueStore(table) });
		this.worker = createWorker({
			...shared,
			platform,
			models: new ModelCache(platform, clock),
			quota: new SharedQuota(limits, { table, clock, random, log }),
			maxCallMs: 15_000,
		});
		this.#scheduleTick();
	}

	/** The port to the worker: an asynchronous invocation, at least once. */
	async wake(ids: readonly string[], _occasion: string, delayMs = 0): Promise<boolean> {
		if (!this.invocationsWork) return false;
		this.wakes.push({ ids, delayMs });
		this.clock.after(delayMs, () => {
			if (this.workerDies) return;
			const event = Buffer.from(JSON.stringify({ commands: ids }));
			this.worker(event, this.#context(this.#workerTimeout)).catch((error: Error) =>
				this.logged.push(`worker: ${error.message}`),
			);
		});
		return true;
	}

	/** A request as the HTTP trigger delivers it. */
	async request(
		method: string,
		path: string,
		options: { body?: unknown; headers?: Record<string, string>; key?: string | null } = {},
	): Promise<{ status: number; headers: Record<string, string>; body: Shown; text: string }> {
		const [rawPath = "", query = ""] = path.split("?");
		const { body, key = API_KEY } = options;
		const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
		const event = {
			version: "v1",
			rawPath,
			body: Buffer.from(text).toString("base64"),
			isBase64Encoded: true,
			headers: { ...(key ? { Authorization: `Bearer ${key}` } : {}), ...options.headers },
			queryParameters: Object.fromEntries(new URLSearchParams(query)),
			requestContext: { http: { method, path: rawPath }, requestId: "r" },
		};
		const pending = this.http(Buffer.from(JSON.stringify(event)));
		const answer = await this.clock.run(pending);
		return {
			status: answer.statusCode,
			headers: { ...answer.headers },
			body: (answer.body === "" ? {} : JSON.parse(answer.body)) as Shown,
			text: answer.body,
		};
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

	async get(id: string): Promise<Shown> {
		return (await this.request("GET", `/v1/commands/${id}`)).body;
	}

	/** Messages as an EventBridge event stream delivers them from an MNS queue. */
	deliver(...messages: Array<{ readonly id: string; readonly body: string }>) {
		const event = messages.map(({ id, body }) => ({
			id: `event-${id}`,
			source: "acs:mns",
			specversion: "1.0",
			type: "mns:Queue:SendMessage",
			datacontenttype: "application/json; charset=utf-8",
			subject: "acs:mns:cn-shanghai:1:queues/thingcast-commands",
			time: new Date(this.clock.now()).toISOString(),
			data: { requestId: "r", messageId: id, messageBody: body },
		}));
		const pending = this.queue(Buffer.from(JSON.stringify(event)), this.#context(120));
		return this.clock.run(pending);
	}

	/** What the platform puts into the events queue. */
	report(topic: string, payload: object) {
		const message = {
			messageid: `m-${this.#requests++}`,
			messagetype: "upload",
			topic,
			payload: Buffer.from(JSON.stringify(payload)).toString("base64"),
			timestamp: Math.floor(this.clock.now() / 1000),
		};
		return this.deliver({ id: message.messageid, body: JSON.stringify(message) });
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
		return { requestId: `request-${this.#requests++}`, function: { timeout } };
	}
}

export const LIGHT = { productKey: "pk", deviceName: "light" };
const NAMES = { iotId: "iot-1", ...LIGHT, gmtCreate: 1 };
