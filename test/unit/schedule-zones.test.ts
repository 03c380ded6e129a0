import { describe, expect, it } from "vitest";
import { occurrences } from "../../shared/schedule/occurrences.ts";
import type { DstPolicy, When } from "../../shared/schedule/schedule.ts";
import { findZone, localText } from "../../shared/schedule/zone.ts";

/** Runs as the zone's clocks show them, from `from` on; a run that the policy drops has a minus in front. */
function local(when: When & { timeZone: string }, dst: DstPolicy, from: string, count: number) {
	const zone = findZone(when.timeZone);
	if (!zone) throw new Error(when.timeZone);
	const shown: string[] = [];
	for (const { at, runs } of occurrences({ when, dst }, 0, Date.parse(from) - 1)) {
		shown.push(`${runs ? "" : "-"}${localText(at, zone.offsetAt(at)).slice(8)}`);
		if (shown.length === count) break;
	}
	return shown;
}

const cron = (pattern: string, timeZone: string) =>
	({ kind: "cron", cron: pattern, timeZone }) as const;
const at = (time: string, timeZone: string) => ({ kind: "at", at: time, timeZone }) as const;

const SHIFT_FIRST = { gap: "shift", twice: "first" } as const;
const SHIFT_BOTH = { gap: "shift", twice: "both" } as const;
const SKIP_FIRST = { gap: "skip", twice: "first" } as const;
const SKIP_BOTH = { gap: "skip", twice: "both" } as const;

interface Case {
	readonly name: string;
	readonly when: When & { timeZone: string };
	readonly dst: DstPolicy;
	readonly from: string;
	readonly runs: readonly string[];
}

const CASES: readonly Case[] = [
	{
		name: "Berlin in spring: 02:30 is shifted to the first moment after the gap",
		when: cron("30 2 * * *", "Europe/Berlin"),
		dst: SHIFT_FIRST,
		from: "2026-03-28T00:00:00Z",
		runs: ["28T02:30:00+01:00", "29T03:00:00+02:00", "30T02:30:00+02:00"],
	},
	{
		name: "Berlin in spring: 02:30 is skipped, and said to be",
		when: cron("30 2 * * *", "Europe/Berlin"),
		dst: SKIP_FIRST,
		from: "2026-03-28T00:00:00Z",
		runs: ["28T02:30:00+01:00", "-29T03:00:00+02:00", "30T02:30:00+02:00"],
	},
	{
		name: "Berlin in spring: all that falls into the gap, and what stands at its end, is one run",
		when: cron("*/20 2,3 29 3 *", "Europe/Berlin"),
		dst: SHIFT_FIRST,
		from: "2026-03-29T00:00:00Z",
		runs: ["29T03:00:00+02:00", "29T03:20:00+02:00", "29T03:40:00+02:00"],
	},
	{
		name: "Berlin in autumn: the first of two 02:30",
		when: cron("30 2 * * *", "Europe/Berlin"),
		dst: SHIFT_FIRST,
		from: "2026-10-24T12:00:00Z",
		runs: ["25T02:30:00+02:00", "26T02:30:00+01:00"],
	},
	{
		name: "Berlin in autumn: both",
		when: cron("30 2 * * *", "Europe/Berlin"),
		dst: SHIFT_BOTH,
		from: "2026-10-24T12:00:00Z",
		runs: ["25T02:30:00+02:00", "25T02:30:00+01:00", "26T02:30:00+01:00"],
	},
	{
		name: "Berlin in autumn, asked in the middle of the repeated hour: the first was, the second is none",
		when: cron("30 2 * * *", "Europe/Berlin"),
		dst: SHIFT_FIRST,
		from: "2026-10-25T01:10:00Z",
		runs: ["26T02:30:00+01:00"],
	},
	{
		name: "Berlin in autumn: an interval goes through both hours",
		when: cron("*/30 1-3 25 10 *", "Europe/Berlin"),
		dst: SKIP_BOTH,
		from: "2026-10-24T23:30:00Z",
		runs: [
			"25T01:30:00+02:00",
			"25T02:00:00+02:00",
			"25T02:30:00+02:00",
			"25T02:00:00+01:00",
			"25T02:30:00+01:00",
			"25T03:00:00+01:00",
		],
	},
	{
		name: "a single time in the gap is shifted",
		when: at("2026-03-29T02:30:00", "Europe/Berlin"),
		dst: SHIFT_FIRST,
		from: "2026-01-01T00:00:00Z",
		runs: ["29T03:00:00+02:00"],
	},
	{
		name: "a single time that comes twice runs once",
		when: at("2026-10-25T02:30:00", "Europe/Berlin"),
		dst: SHIFT_FIRST,
		from: "2026-01-01T00:00:00Z",
		runs: ["25T02:30:00+02:00"],
	},
	{
		name: "Lord Howe in spring: half an hour is left out (02:00 to 02:30)",
		when: cron("15,45 2 4 10 *", "Australia/Lord_Howe"),
		dst: SHIFT_FIRST,
		from: "2026-10-03T00:00:00Z",
		runs: ["04T02:30:00+11:00", "04T02:45:00+11:00"],
	},
	{
		name: "Lord Howe in autumn: half an hour comes twice (01:30 to 02:00)",
		when: cron("15,45 1 5 4 *", "Australia/Lord_Howe"),
		dst: SHIFT_BOTH,
		from: "2026-04-04T00:00:00Z",
		runs: ["05T01:15:00+11:00", "05T01:45:00+11:00", "05T01:45:00+10:30"],
	},
	{
		name: "Samoa's lost day: the 30th of December 2011 moves to the first moment of the 31st",
		when: cron("0 7 * * *", "Pacific/Apia"),
		dst: SHIFT_FIRST,
		from: "2011-12-29T00:00:00Z",
		runs: ["29T07:00:00-10:00", "31T00:00:00+14:00", "31T07:00:00+14:00"],
	},
	{
		name: "Samoa's lost day, skipped",
		when: cron("0 7 * * *", "Pacific/Apia"),
		dst: SKIP_FIRST,
		from: "2011-12-29T00:00:00Z",
		runs: ["29T07:00:00-10:00", "-31T00:00:00+14:00", "31T07:00:00+14:00"],
	},
	{
		name: "Samoa's lost day: a schedule of that day alone",
		when: at("2011-12-30T12:00:00", "Pacific/Apia"),
		dst: SHIFT_FIRST,
		from: "2011-01-01T00:00:00Z",
		runs: ["31T00:00:00+14:00"],
	},
	{
		name: "Troll in spring: two hours are left out (01:00 to 03:00)",
		when: cron("30 1,2 29 3 *", "Antarctica/Troll"),
		dst: SHIFT_FIRST,
		from: "2026-03-28T00:00:00Z",
		runs: ["29T03:00:00+02:00"],
	},
	{
		name: "Troll in autumn: two hours come twice (01:00 to 03:00)",
		when: cron("30 1,2 25 10 *", "Antarctica/Troll"),
		dst: SHIFT_BOTH,
		from: "2026-10-24T12:00:00Z",
		runs: ["25T01:30:00+02:00", "25T02:30:00+02:00", "25T01:30:00+00:00", "25T02:30:00+00:00"],
	},
	{
		name: "Kiritimati's lost day, without any change of the hour",
		when: cron("0 0 * * *", "Pacific/Kiritimati"),
		dst: SHIFT_FIRST,
		from: "1994-12-30T00:00:00Z",
		runs: ["30T00:00:00-10:00", "01T00:00:00+14:00", "02T00:00:00+14:00"],
	},
	{
		name: "Casablanca: the clocks go back for Ramadan and forward again after it",
		when: cron("30 2 * * *", "Africa/Casablanca"),
		dst: SHIFT_FIRST,
		from: "2026-03-21T12:00:00Z",
		runs: ["22T03:00:00+01:00", "23T02:30:00+01:00"],
	},
	{
		name: "Havana in spring: midnight itself is left out",
		when: cron("0 0 8 3 *", "America/Havana"),
		dst: SHIFT_FIRST,
		from: "2026-03-07T00:00:00Z",
		runs: ["08T01:00:00-04:00"],
	},
	{
		name: "Shanghai, without summer time",
		when: cron("30 2 * * *", "Asia/Shanghai"),
		dst: SHIFT_BOTH,
		from: "2026-03-28T00:00:00Z",
		runs: ["29T02:30:00+08:00", "30T02:30:00+08:00", "31T02:30:00+08:00"],
	},
	{
		name: "Kathmandu, a quarter of an hour off",
		when: cron("0 0 1 * *", "Asia/Kathmandu"),
		dst: SHIFT_FIRST,
		from: "2026-01-01T12:00:00Z",
		runs: ["01T00:00:00+05:45", "01T00:00:00+05:45"],
	},
];

describe("the tz database's hard places", () => {
	it.each(CASES)("$name", ({ when, dst, from, runs }) => {
		const shown = local(when, dst, from, runs.length);
		expect(shown).toEqual(runs);
	});

	it("gives the same runs wherever the asking begins", () => {
		for (const { when, dst, from, runs } of CASES) {
			const begin = Date.parse(from) - 1;
			const all = [...takeSome(occurrences({ when, dst }, 0, begin), runs.length)];
			for (const [index, { at }] of all.entries()) {
				const [next] = takeSome(occurrences({ when, dst }, 0, at), 1);
				if (index + 1 < all.length) expect(next).toEqual(all[index + 1]);
			}
		}
	});

	it.each(["+08:00", "Mars/Olympus", "GMT+8", "", "../etc"])("knows no zone %j", (name) => {
		expect(findZone(name)).toBeUndefined();
	});
});

function* takeSome<T>(items: Iterable<T>, count: number): Generator<T> {
	let left = count;
	for (const item of items) {
		if (left-- <= 0) return;
		yield item;
		if (left <= 0) return;
	}
}
