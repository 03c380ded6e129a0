import type { CallResult, ServiceCall } from "../../../shared/iot/platform.ts";
import { seededRandom } from "../random.ts";
import { lost, refused, sent, throttled } from "../world/scripted-platform.ts";
import { LIGHT, World } from "../world/world.ts";
import { FaultyTable, type TableFault } from "./faulty-table.ts";

const SERVICES = ["Tablestore", "IoT Platform", "Function Compute", "MNS"] as const;
const FAULTS = [
	"+50 ms",
	"+200 ms",
	"+1 s",
	"hangs",
	"resets",
	"answers 5xx",
	"is throttled",
	"answers garbage",
] as const;
const DURATIONS_MS = { "10 s": 10_000, "2 min": 120_000, "1 h": 3_600_000 } as const;

export interface Cell {
	readonly service: (typeof SERVICES)[number];
	readonly fault: (typeof FAULTS)[number];
	/** Of the operations that suffer. */
	readonly share: number;
	readonly duration: keyof typeof DURATIONS_MS;
}

export interface CellResult {
	readonly accepted: number;
	readonly states: Readonly<Record<string, number>>;
	readonly lost: number;
	readonly duplicates: number;
	readonly wrong: number;
	readonly endless: number;
	/** From the end of the outage until every command had ended, in seconds. */
	readonly drainSeconds: number;
}

const COMMANDS = 60;
const EXPIRES_IN_SECONDS = 7_200;
const MAX_DRAIN_MS = 3_600_000;
const CALL_MS = 30;
/** A client's wait before it asks again under the same key, and how often it does. */
const AGAIN_MS = 1_000;
const MAX_ASKED = 10;
/** EXPONENTIAL_DECAY_RETRY: ever longer, up to 512 s (EventBridge, "Retry policies"). */
const MAX_REDELIVERY_MS = 512_000;

const SLOW_MS: Readonly<Partial<Record<Cell["fault"], number>>> = {
	"+50 ms": 50,
	"+200 ms": 200,
	"+1 s": 1_000,
};

/** One outage in virtual time: commands by HTTP and queue before, during and after it, all of them checked at the end. */
export async function outage(cell: Cell, seed: number): Promise<CellResult> {
	const random = seededRandom(seed);
	let table: FaultyTable | undefined;
	const world = new World({
		random,
		table: (memory, clock) => {
			table = new FaultyTable(memory, clock, random);
			return table;
		},
	});
	const { clock } = world;
	let on = false;
	const suffers = (service: Cell["service"]) =>
		on && cell.service === service && random() < cell.share;
	const reached = new Map<string, number>();
	const pending: Promise<unknown>[] = [];
	const arrive = (args: string) => reached.set(args, (reached.get(args) ?? 0) + 1);

	/** By a queue: late while MNS has a fault, and again and again while the function fails. */
	const deliver = async (post: () => Promise<unknown>) => {
		for (let pause = 1_000; ; pause = Math.min(MAX_REDELIVERY_MS, pause * 2)) {
			if (!suffers("MNS")) {
				try {
					await post();
					return;
				} catch {
					// The batch has failed and comes back.
				}
			}
			await clock.sleep(pause);
		}
	};
	world.platform.script = async (call) => {
		await clock.sleep(CALL_MS);
		const messageId = `m${world.platform.calls.length}`;
		const take = () => {
			arrive(call.args);
			clock.after(200, () => pending.push(deliver(() => reply(world, messageId))));
			return sent(messageId);
		};
		return suffers("IoT Platform") ? faulty(cell, world, call, take, random) : take();
	};

	const accepted = new Map<string, string>();
	const durationMs = DURATIONS_MS[cell.duration];
	const gapMs = (durationMs * 1.5) / COMMANDS;
	clock.after(durationMs / 4, () => {
		on = true;
		const fault = tableFault(cell);
		if (table && fault) Object.assign(table, { fault, share: cell.share });
	});
	let endedAt = 0;
	clock.after(durationMs * 1.25, () => {
		on = false;
		if (table) table.fault = undefined;
		world.invocationsWork = true;
		endedAt = clock.now();
	});
	for (let n = 0; n < COMMANDS; n++) {
		world.invocationsWork = !suffers("Function Compute");
		const args = `{"n":${n}}`;
		const body = { device: LIGHT, service: "Set", args, expiresIn: EXPIRES_IN_SECONDS };
		if (n % 2 === 0) pending.push(ask(world, body, `k${n}`, accepted));
		else {
			accepted.set(args, "queue");
			const message = { id: `q${n}`, body: JSON.stringify(body) };
			pending.push(deliver(() => post(world, "thingcast-commands", message)));
		}
		await clock.advance(gapMs);
	}
	await clock.advance(Math.max(0, durationMs * 1.3 - gapMs * COMMANDS));
	return conclude(world, accepted, reached, endedAt);
}

const post = (world: World, queue: string, message: { id: string; body: string }) =>
	world.queue(Buffer.from(JSON.stringify([world.cloudEvent(queue, message)])), {
		requestId: message.id,
	});

function reply(world: World, messageId: string): Promise<unknown> {
	const device = { iotId: "iot-1", ...LIGHT };
	const topic = "/sys/pk/light/thing/service/Set";
	const body = JSON.stringify({ ...device, requestId: messageId, code: 200, data: {}, topic });
	return post(world, "thingcast-events", { id: `r-${messageId}`, body });
}

/** A client that asks again while it is answered with 503. */
async function ask(
	world: World,
	body: { readonly args: string },
	key: string,
	accepted: Map<string, string>,
): Promise<void> {
	for (let asked = 0; asked < MAX_ASKED; asked++) {
		const response = await world.http.fetch(
			new Request("http://function/v1/commands", {
				method: "POST",
				headers: { authorization: "Bearer a-key-for-the-tests", "idempotency-key": key },
				body: JSON.stringify(body),
			}),
		);
		if (response.status === 202) accepted.set(body.args, "http");
		if (response.status !== 503) return;
		await world.clock.sleep(AGAIN_MS);
	}
}

async function faulty(
	{ fault }: Cell,
	world: World,
	_call: ServiceCall,
	take: () => CallResult,
	random: () => number,
): Promise<CallResult> {
	const slow = SLOW_MS[fault];
	if (slow !== undefined) {
		await world.clock.sleep(slow);
		return take();
	}
	switch (fault) {
		case "hangs":
			await world.clock.sleep(11_000);
			if (random() < 0.5) take();
			return lost;
		case "is throttled":
			return throttled;
		case "answers 5xx":
			return refused("ServiceUnavailable", 503);
		default:
			if (random() < 0.5) take();
			return { ...lost, code: fault === "resets" ? "ECONNRESET" : "UnreadableAnswer" };
	}
}

function tableFault({ service, fault }: Cell): TableFault | undefined {
	if (service !== "Tablestore") return undefined;
	const ms = SLOW_MS[fault];
	if (ms !== undefined) return { kind: "slow", ms };
	// An answer that is garbage leaves a write in doubt, as a broken connection does.
	return { kind: fault === "answers garbage" ? "resets" : (fault as "hangs") };
}

async function conclude(
	world: World,
	accepted: ReadonlyMap<string, string>,
	reached: ReadonlyMap<string, number>,
	endedAt: number,
): Promise<CellResult> {
	const { clock } = world;
	let commands = await list(world);
	let drainedAt = clock.now();
	while (clock.now() < endedAt + MAX_DRAIN_MS) {
		commands = await list(world);
		const stored = new Set(commands.map(({ args }) => args));
		const all = [...accepted.keys()].every((args) => stored.has(args));
		drainedAt = clock.now();
		if (all && commands.every(({ terminal }) => terminal)) break;
		await clock.advance(1_000);
	}
	const states: Record<string, number> = {};
	let wrong = 0;
	for (const { state, args } of commands) {
		states[state] = (states[state] ?? 0) + 1;
		const times = reached.get(args) ?? 0;
		if (state === "succeeded" && times === 0) wrong++;
		if (["expired", "canceled", "failed"].includes(state) && times > 0) wrong++;
	}
	const stored = new Set(commands.map(({ args }) => args));
	return {
		accepted: accepted.size,
		states,
		lost: [...accepted.keys()].filter((args) => !stored.has(args)).length,
		duplicates:
			[...reached.values()].filter((times) => times > 1).length + commands.length - stored.size,
		wrong,
		endless: commands.filter(({ terminal }) => !terminal).length,
		drainSeconds: Math.max(0, (drainedAt - endedAt) / 1_000),
	};
}

async function list(world: World) {
	const { body } = await world.request("GET", "/v1/commands?limit=100");
	return body["commands"] as Array<{ state: string; args: string; terminal: boolean }>;
}

/** Every cell: Function Compute and MNS refuse or deliver nothing, in which all faults of theirs end. */
export function cells(): Cell[] {
	const shares = [0.1, 1];
	const durations = Object.keys(DURATIONS_MS) as Array<keyof typeof DURATIONS_MS>;
	return SERVICES.flatMap((service) =>
		FAULTS.filter(
			(fault) => !["Function Compute", "MNS"].includes(service) || fault === "answers 5xx",
		).flatMap((fault) =>
			shares.flatMap((share) => durations.map((duration) => ({ service, fault, share, duration }))),
		),
	);
}
