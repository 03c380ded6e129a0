/**
 * One queue instance, 1,000 reactions, 1,000 events: how long it takes, with
 * the rows in memory, so that what is measured is our own work.
 */
import { createHandler } from "../../functions/queue/handler.ts";
import { JobWatch } from "../../functions/queue/job-watch.ts";
import { ReactionBook } from "../../functions/queue/reaction-book.ts";
import { systemClock } from "../../shared/clock.ts";
import { parseExact } from "../../shared/json/exact.ts";
import { Acceptor } from "../../shared/lifecycle/accept.ts";
import { createLog } from "../../shared/log.ts";
import { parseReaction } from "../../shared/reaction/parse.ts";
import { LiveJobs } from "../../shared/store/live-jobs.ts";
import { ReactionStore } from "../../shared/store/reaction-store.ts";
import { openStores } from "../../shared/store/stores.ts";
import type { Key, Row, Table, TableName } from "../../shared/table/table.ts";
import { MemoryTable } from "../../test/support/table/memory-table.ts";
import { openLocalTable } from "../../test/support/table/tablestore.ts";
import { median, type Report } from "../report.ts";

const REACTIONS = 1_000;
const EVENTS = 1_000;
/** What one batch of the event stream holds in s.yaml. */
const BATCH = 100;
const PRODUCTS = 50;
const IDENTIFIERS = 20;
const ROUNDS = 7;

interface Kind {
	readonly name: string;
	/** Of this many events one fulfils the condition of the one reaction that it matches; 0: none does. */
	readonly firesOneIn: number;
	/** The condition looks at the previous value, which is then read and written for each event. */
	readonly previous: boolean;
}

const KINDS: readonly Kind[] = [
	{ name: "no condition is true", firesOneIn: 0, previous: false },
	{ name: "one condition in ten is true", firesOneIn: 10, previous: false },
	{ name: "every condition is true", firesOneIn: 1, previous: false },
	{ name: "one in ten, by the previous value", firesOneIn: 10, previous: true },
];

export async function reactions(): Promise<Report> {
	const rows: string[][] = [];
	for (const kind of KINDS) {
		rows.push(
			await measure(kind, "memory", async () => ({
				table: new MemoryTable(),
				close: async () => {},
			})),
		);
	}
	for (const kind of KINDS) rows.push(await measure(kind, "local Tablestore", openLocalTable));
	return {
		title: `${REACTIONS} reactions, ${EVENTS} events in batches of ${BATCH}, one queue instance`,
		columns: [
			"events",
			"rows kept in",
			"ms for all",
			"events/s",
			"commands",
			"rows read and written",
		],
		rows,
		note: "Each event matches one reaction by product and identifier. The median of seven rounds, the first left out.",
	};
}

async function measure(
	kind: Kind,
	where: string,
	open: () => Promise<{ table: Table; close(): Promise<void> }>,
): Promise<string[]> {
	const opened = await open();
	const table = new CountingTable(opened.table);
	const handler = await instance(table, kind);
	const times: number[] = [];
	let rows = 0;
	let commands = 0;
	for (let round = 0; round <= ROUNDS; round++) {
		const batches = eventsOf(kind, round);
		const before = table.rows;
		const made = table.commands;
		const began = performance.now();
		for (const [index, batch] of batches.entries()) {
			await handler(batch, { requestId: `r${round}-${index}` });
		}
		// The first compiles the expressions.
		if (round > 0) times.push(performance.now() - began);
		rows = table.rows - before;
		commands = table.commands - made;
	}
	await opened.close();
	const ms = median(times);
	return [
		kind.name,
		where,
		ms.toFixed(0),
		((EVENTS / ms) * 1000).toFixed(0),
		String(commands),
		String(rows),
	];
}

async function instance(table: Table, kind: Kind) {
	const clock = systemClock;
	const store = new ReactionStore(table);
	for (let index = 0; index < REACTIONS; index++) {
		const condition = kind.previous ? "previous <= 10 && value > 10" : "value > 10";
		const parsed = parseReaction(
			parseExact(
				JSON.stringify({
					when: {
						source: "property",
						productKey: `p${index % PRODUCTS}`,
						identifier: `i${Math.floor(index / PRODUCTS)}`,
						condition,
					},
					do: { service: "Set", args: { value: "{% math.round(value) %}", unit: "C" } },
				}),
			),
		);
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
		const id = `0${String(index).padStart(25, "0")}`;
		await store.create({ ...parsed.value, id, createdAt: 0, updatedAt: 0 });
	}
	const worker = { wake: async () => true };
	const log = createLog("error");
	const stores = openStores(table, clock);
	const base = { ...stores, worker, clock, random: Math.random, log };
	return createHandler({
		...base,
		table,
		liveJobs: new LiveJobs(stores.jobs, clock),
		jobWatch: new JobWatch(stores.jobs, clock),
		doors: { commands: [], events: [], deadLetters: [], others: "events" },
		acceptor: new Acceptor(base),
		reactions: new ReactionBook(store, clock),
	});
}

/**
 * Property posts as the platform puts them into the queue, each of a device of
 * its own. Only where the previous value counts do the same devices report
 * again: elsewhere that would be the loop which the reactions cut.
 */
function eventsOf({ firesOneIn, previous }: Kind, round: number): Buffer[] {
	const batches: Buffer[] = [];
	for (let start = 0; start < EVENTS; start += BATCH) {
		const messages = Array.from({ length: BATCH }, (_, offset) => {
			const index = start + offset;
			const high = firesOneIn > 0 && (index + (previous ? round : 0)) % firesOneIn === 0;
			const device = previous ? `d${index}` : `d${index}-${round}`;
			const payload = {
				iotId: `iot-${device}`,
				productKey: `p${index % PRODUCTS}`,
				deviceName: device,
				gmtCreate: Date.UTC(2026, 0, 1) + round * 60_000,
				items: {
					[`i${Math.floor(index / PRODUCTS) % IDENTIFIERS}`]: { value: high ? 20.4 : 3.1 },
				},
			};
			const body = {
				messageid: `${round}-${index}`,
				topic: `/p${index % PRODUCTS}/${device}/thing/event/property/post`,
				payload: Buffer.from(JSON.stringify(payload)).toString("base64"),
			};
			return {
				id: `${round}-${index}`,
				source: "acs:mns",
				specversion: "1.0",
				type: "mns:Queue:SendMessage",
				subject: "queue",
				data: { messageId: `${round}-${index}`, messageBody: JSON.stringify(body) },
			};
		});
		batches.push(Buffer.from(JSON.stringify(messages)));
	}
	return batches;
}

class CountingTable implements Table {
	rows = 0;
	commands = 0;
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	get(table: TableName, key: Key) {
		this.rows++;
		return this.#table.get(table, key);
	}

	put(table: TableName, row: Row, condition: Parameters<Table["put"]>[2]) {
		this.rows++;
		if (table === "commands") this.commands++;
		return this.#table.put(table, row, condition);
	}

	remove(...args: Parameters<Table["remove"]>) {
		this.rows++;
		return this.#table.remove(...args);
	}

	async range(...args: Parameters<Table["range"]>) {
		const rows = await this.#table.range(...args);
		this.rows += rows.length;
		return rows;
	}
}
