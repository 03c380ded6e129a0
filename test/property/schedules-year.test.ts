import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSchedules } from "../../functions/timer/schedules.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { startOf } from "../../shared/fc/worker-invoker.ts";
import { parseExact } from "../../shared/json/exact.ts";
import { LOOKAHEAD_MS } from "../../shared/lifecycle/runs.ts";
import { createLog } from "../../shared/log.ts";
import { createSchedule } from "../../shared/schedule/edit.ts";
import { parseSchedule } from "../../shared/schedule/parse.ts";
import { CommandStore } from "../../shared/store/command-store.ts";
import { ScheduleStore } from "../../shared/store/schedule-store.ts";
import type { Stored } from "../../shared/stored.ts";
import {
	everyMinute,
	type MinutePattern,
	type Policy,
	runsOfPattern,
} from "../support/schedule/by-the-minute.ts";
import { MemoryTable } from "../support/table/memory-table.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 1);
const END = Date.UTC(2027, 0, 1);
const ZONES = [
	"UTC",
	"Asia/Shanghai",
	"Europe/Berlin",
	"America/New_York",
	"Australia/Lord_Howe",
	"Antarctica/Troll",
	"Africa/Casablanca",
];

const subset = (from: number, to: number, most: number) =>
	fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: most });
const all = fc.constant<number[] | undefined>(undefined);

const pattern: fc.Arbitrary<MinutePattern> = fc.record({
	// Round minutes of the hours in which clocks are changed.
	minutes: subset(0, 1, 1).map((halves) => halves.map((half) => half * 30)),
	hours: fc.oneof({ weight: 80, arbitrary: subset(0, 3, 2) }, { weight: 1, arbitrary: all }),
	days: fc.oneof({ weight: 1, arbitrary: all }, { weight: 1, arbitrary: subset(1, 31, 4) }),
	months: fc.oneof({ weight: 1, arbitrary: all }, { weight: 1, arbitrary: subset(1, 12, 4) }),
	weekdays: fc.oneof({ weight: 1, arbitrary: all }, { weight: 1, arbitrary: subset(0, 6, 3) }),
});
const policy: fc.Arbitrary<Policy> = fc.record({
	gap: fc.constantFrom("skip", "shift"),
	twice: fc.constantFrom("first", "both"),
});
const cron = fc.record({ pattern, policy, zone: fc.constantFrom(...ZONES) });
const every = fc.record({
	every: fc.integer({ min: 86_400, max: 2_000_000 }),
	from: fc.integer({ min: 0, max: 30 * 86_400 }),
});

interface Sample {
	readonly body: object;
	readonly expected: readonly number[];
}

function cronSample(minutes: ReadonlyMap<string, Int32Array>) {
	return ({ pattern, policy, zone }: { pattern: MinutePattern; policy: Policy; zone: string }) => {
		const field = (values: readonly number[] | undefined) => values?.join(",") ?? "*";
		const { minutes: m, hours, days, months, weekdays } = pattern;
		const text = [m, hours, days, months, weekdays].map(field).join(" ");
		const offsets = minutes.get(zone) ?? new Int32Array();
		return {
			body: { when: { cron: text, timeZone: zone }, dst: policy },
			expected: runsOfPattern(pattern, policy, offsets, START, END),
		};
	};
}

function everySample({ every, from }: { every: number; from: number }): Sample {
	const expected: number[] = [];
	for (let at = START + from * 1000; at < END; at += every * 1000) expected.push(at);
	const text = new Date(START + from * 1000).toISOString();
	return { body: { when: { every, from: text } }, expected };
}

/** When ticks arrive: most near their minute, some twice, some up to ten minutes late, some never. */
function arrivals(random: () => number): number[] {
	const times: number[] = [];
	for (let at = START; at < END + 20 * MINUTE_MS; at += MINUTE_MS) {
		if (random() < 0.2) continue;
		const late = () => (random() < 0.7 ? random() * 3_000 : random() * 10 * MINUTE_MS);
		times.push(Math.floor(at + late()));
		if (random() < 0.2) times.push(Math.floor(at + late()));
	}
	return times.sort((left, right) => left - right);
}

/** Mulberry32: 32 bits of state, the same sequence for the same seed. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

describe("a year of 200 random schedules", () => {
	it("fires every expected run exactly once, whatever happens to the ticks", {
		timeout: 60_000,
	}, async () => {
		const seed = Number(process.env["SCHEDULE_SEED"] ?? 20260101);
		const minutes = new Map(ZONES.map((zone) => [zone, everyMinute(zone, START, END)]));
		const samples: Sample[] = [
			...fc.sample(cron, { numRuns: 170, seed }).map(cronSample(minutes)),
			...fc.sample(every, { numRuns: 30, seed }).map(everySample),
		];

		let now = START - 1;
		const clock: Clock = {
			now: () => now,
			sleep: () => Promise.reject(new Error("nobody sleeps here")),
			after: () => () => {},
		};
		const table = new MemoryTable();
		const schedules = new ScheduleStore(table);
		const woken = new Map<string, number>();
		const deps = {
			schedules,
			commands: new CommandStore(table),
			worker: {
				wake: async (commands: readonly Stored<Command>[]) => {
					for (const { document } of commands) {
						const start = startOf(document, now);
						woken.set(document.id, Math.min(woken.get(document.id) ?? Infinity, start));
					}
					return true;
				},
			},
			clock,
			log: createLog("silent"),
		};
		const command = { device: { productKey: "pk", deviceName: "d" }, service: "Set" };
		const missed = { within: 7_200, run: "all" };
		const expected: string[] = [];
		for (const [index, sample] of samples.entries()) {
			const text = JSON.stringify({ ...sample.body, command, missed });
			const parsed = parseSchedule(parseExact(text), clock.now());
			if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.errors)}`);
			const id = `0${String(index).padStart(25, "0")}`;
			await schedules.create(createSchedule(id, parsed.value, now));
			for (const at of sample.expected) {
				expected.push(`schedule ${id} ${new Date(at).toISOString()}`);
			}
		}

		const nextDue = () =>
			Math.min(...table.all("schedules").map(({ columns }) => Number(columns["due"] ?? Infinity)));
		let next = nextDue();
		let ticks = 0;
		const times = arrivals(seeded(seed));
		for (let index = 0; index < times.length; index++) {
			now = times[index] ?? now;
			// A tick at which no wake-up is near reads none: it is not worth its time here.
			if (next > now + LOOKAHEAD_MS) continue;
			ticks++;
			const until = now + 60_000;
			await Promise.all(
				ticks % 5 === 0
					? [runSchedules(deps, until), runSchedules(deps, until)]
					: [runSchedules(deps, until)],
			);
			next = nextDue();
		}

		const fired = table
			.all("commands")
			.map(({ columns }) => JSON.parse(String(columns["document"])))
			.filter(({ source }) => Date.parse(source.ref.slice(-24)) < END);
		const refs = fired.map(({ source }) => source.ref as string);
		expect(ticks).toBeGreaterThan(5_000);
		expect(expected.length).toBeGreaterThan(15_000);
		expect(refs.sort()).toEqual(expected.sort());
		// No run is sent before its time, and where a tick came in time, to the second.
		const early = fired.filter(
			({ id, source }) => (woken.get(id) ?? 0) < Date.parse(source.ref.slice(-24)),
		);
		expect(early).toEqual([]);
	});
});
