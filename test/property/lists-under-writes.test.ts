import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { createCommand } from "../../shared/command/create.ts";
import { type CommandFilter, matches } from "../../shared/command/filter.ts";
import type { Event } from "../../shared/command/state.ts";
import { newId } from "../../shared/ids.ts";
import { listCommands } from "../../shared/store/command-list.ts";
import { ageKey } from "../../shared/store/command-store.ts";
import { DamagedRow } from "../../shared/store/document-store.ts";
import { newestFirst } from "../../shared/store/newest-first.ts";
import { openStores } from "../../shared/store/stores.ts";
import { seededRandom } from "../support/random.ts";
import { LaggingIndexes } from "../support/table/lagging-indexes.ts";
import { MemoryTable } from "../support/table/memory-table.ts";

const DEVICES = ["light", "lamp", "fan"];
const JOB = "01KATZ5Y3RQ9K0M8V7D4N2XHBC";
/** Longer than any index lags in these tests. */
const SETTLED_MS = 5_000;

/** A model beside the store: what every command is, and every state that it has had since a list began. */
class Fleet {
	readonly clock = new VirtualClock();
	readonly random: () => number;
	readonly memory = new MemoryTable();
	readonly table: LaggingIndexes;
	readonly stores: ReturnType<typeof openStores>;
	readonly now = new Map<string, Command>();
	/** Commands that have matched at every moment since `watch`. */
	#lasting = new Map<string, Command>();
	#filter: CommandFilter = {};

	constructor(seed: number, lagMs: number) {
		this.random = seededRandom(seed);
		let shownAt = 0;
		this.table = new LaggingIndexes(this.memory, this.clock, () => {
			// Changes of one row reach an index in their order.
			shownAt = Math.max(shownAt, this.clock.now() + this.upTo(lagMs));
			return shownAt - this.clock.now();
		});
		this.stores = openStores(this.table, this.clock);
	}

	/** A whole number, at most this one. */
	upTo(most: number): number {
		return Math.floor(this.random() * (most + 1));
	}

	of<T>(values: readonly T[]): T {
		return values[this.upTo(values.length - 1)] as T;
	}

	watch(filter: CommandFilter): void {
		this.#filter = filter;
		this.#lasting = new Map([...this.now].filter(([, command]) => matches(filter, command)));
	}

	get lasting(): string[] {
		return [...this.#lasting.keys()];
	}

	async create(): Promise<void> {
		const at = this.clock.now();
		const request = {
			device: { productKey: "pk", deviceName: this.of(DEVICES) },
			service: this.of(["Set", "Get"]),
			args: "{}",
			argsForm: "json",
			expiresIn: 3600,
			replyTimeout: 60,
			onUnknown: "report",
			whenOffline: "fail",
			lane: "bulk",
			qos: 0,
		} as const;
		const source =
			this.upTo(2) === 0
				? ({ type: "job", ref: null, job: JOB } as const)
				: ({ type: "http", ref: null } as const);
		const command = createCommand(newId(at, this.random), at, request, source);
		await this.stores.commands.create(command);
		this.now.set(command.id, command);
	}

	async change(): Promise<void> {
		const ids = [...this.now.keys()];
		if (ids.length === 0) return;
		const id = this.of(ids);
		const event = this.of<Event>(["claim", "retry", "hold", "succeed", "fail", "expire"]);
		const changed = await this.stores.commands.change(id, () => ({
			event,
			at: this.clock.now(),
			wakeAt: this.clock.now() + 60_000,
			error: { code: this.of(["A", "B"]), message: "" },
		}));
		if (!changed?.moved) return;
		this.now.set(id, changed.stored.document);
		if (!matches(this.#filter, changed.stored.document)) this.#lasting.delete(id);
	}

	async fill(count: number): Promise<void> {
		for (let n = 0; n < count; n++) {
			await this.create();
			for (let changes = this.upTo(4); changes > 0; changes--) await this.change();
			await this.clock.advance(this.upTo(400));
		}
	}

	async live(steps: number): Promise<void> {
		for (let step = 0; step < steps; step++) {
			if (this.upTo(3) === 0) await this.create();
			else await this.change();
			await this.clock.advance(this.upTo(400));
		}
	}
}

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const filters = fc
	.record({
		states: some(
			fc.constantFrom<NonNullable<CommandFilter["states"]>>(
				["succeeded"],
				["failed", "expired"],
				["accepted", "waiting", "sending"],
				["waiting", "sending", "succeeded", "failed"],
			),
		),
		service: some(fc.constantFrom("Set", "Get")),
		code: some(fc.constantFrom("A", "B")),
		job: some(fc.constant(JOB)),
		deviceKeys: some(fc.constantFrom(["pk/light"], ["pk/lamp", "iot-lamp"])),
		source: some(fc.constantFrom<"http" | "job">("http", "job")),
		since: some(fc.integer({ min: 0, max: 60_000 })),
		until: some(fc.integer({ min: 30_000, max: 120_000 })),
	})
	.map((filter) =>
		Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
	);

describe("a list that is read page by page while commands are created and change", () => {
	it("shows whatever matches from beginning to end exactly once, newest first", async () => {
		await fc.assert(
			fc.asyncProperty(
				filters,
				fc.integer(),
				fc.integer({ min: 1, max: 6 }),
				fc.integer({ min: 0, max: 2_000 }),
				async (relative, seed, limit, lagMs) => {
					const fleet = new Fleet(seed, lagMs);
					const start = fleet.clock.now();
					const filter: CommandFilter = { ...relative };
					for (const bound of ["since", "until"] as const) {
						if (filter[bound] !== undefined)
							Object.assign(filter, { [bound]: start + filter[bound] });
					}
					await fleet.fill(100);
					await fleet.clock.advance(SETTLED_MS);
					fleet.watch(filter);
					const shown: Command[] = [];
					let next: string | undefined;
					do {
						const page = await listCommands(fleet.table, fleet.stores.commands, {
							...filter,
							limit,
							...(next === undefined ? {} : { olderThan: next }),
						});
						for (const item of page.items) {
							if (item instanceof DamagedRow) throw item;
							shown.push(item.document);
						}
						expect(page.items.length).toBeLessThanOrEqual(limit);
						next = page.next;
						await fleet.live(4);
					} while (next !== undefined);
					const ids = shown.map(({ id }) => id);
					expect(new Set(ids).size).toBe(ids.length);
					expect(shown.filter((command) => !matches(filter, command))).toEqual([]);
					const ages = shown.map(({ createdAt }) => createdAt);
					expect(ages).toEqual([...ages].sort((a, b) => b - a));
					expect(fleet.lasting.filter((id) => !ids.includes(id))).toEqual([]);
				},
			),
			{ numRuns: 50 },
		);
	}, 120_000);
});

describe("damaged rows", () => {
	it("are shown by their id, and take no other with them", async () => {
		const fleet = new Fleet(1, 0);
		for (let n = 0; n < 9; n++) {
			await fleet.create();
			await fleet.clock.advance(10);
		}
		const [damaged, unreadable] = fleet.memory.all("commands");
		if (!damaged || !unreadable) throw new Error("there are no rows");
		for (const [row, document] of [
			[damaged, "{"],
			[unreadable, '{"id":7}'],
		] as const) {
			const columns = { ...row.columns, document };
			await fleet.table.put("commands", { ...row, columns }, { row: "any" });
		}
		await fleet.clock.advance(10);
		const { items, next } = await listCommands(fleet.table, fleet.stores.commands, { limit: 20 });
		expect(next).toBeUndefined();
		expect(items).toHaveLength(9);
		const broken = items.filter((item) => item instanceof DamagedRow);
		expect(broken.map(({ id }) => id).sort()).toEqual([damaged.key[1], unreadable.key[1]].sort());
	});
});

describe("the walk along several partitions of an index", () => {
	it("is in order, complete and without repetition, whatever the pages are", async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 5 }), async (seed, pageSize) => {
				const fleet = new Fleet(seed, 0);
				await fleet.fill(60);
				await fleet.clock.advance(10);
				const states = ["accepted", "waiting", "sending", "succeeded"] as const;
				for (const filter of [{}, { states: [...states] }, { job: JOB, states: [...states] }]) {
					const walked: string[] = [];
					for await (const entries of newestFirst(fleet.table, filter, undefined, pageSize)) {
						walked.push(...entries.map(({ age }) => age));
					}
					const all = [...fleet.now.values()].filter((command) => matches(filter, command));
					expect(walked).toEqual(all.map(ageKey).sort().reverse());
				}
			}),
			{ numRuns: 30 },
		);
	});
});

describe("what a page reads", () => {
	it("with a span of time, nothing outside it", async () => {
		const fleet = new Fleet(1, 0);
		const times: number[] = [];
		for (let n = 0; n < 400; n++) {
			times.push(fleet.clock.now());
			await fleet.create();
			await fleet.clock.advance(10);
		}
		let rows = 0;
		const { range } = fleet.table;
		fleet.table.range = async (...args) => {
			const found = await range.apply(fleet.table, args);
			rows += found.length;
			return found;
		};
		const { items } = await listCommands(fleet.table, fleet.stores.commands, {
			limit: 100,
			since: times[100] ?? 0,
			until: times[110] ?? 0,
		});
		expect([items.length, rows]).toEqual([10, 10]);
	});

	it("ends early with a place to go on where too many rows do not match", async () => {
		const fleet = new Fleet(1, 0);
		for (let n = 0; n < 1_500; n++) await fleet.create();
		await fleet.clock.advance(10);
		let reads = 0;
		const { get } = fleet.table;
		fleet.table.get = (...args) => {
			reads++;
			return get.apply(fleet.table, args);
		};
		const query = { limit: 10, code: "never" };
		const page = await listCommands(fleet.table, fleet.stores.commands, query);
		expect(page.items).toEqual([]);
		expect(page.next).toBeDefined();
		expect(reads).toBeLessThanOrEqual(1_011);
		const olderThan = page.next ?? "";
		expect(await listCommands(fleet.table, fleet.stores.commands, { ...query, olderThan })).toEqual(
			{
				items: [],
			},
		);
	});
});
