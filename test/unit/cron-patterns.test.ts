import { describe, expect, it } from "vitest";
import { cronTimes } from "../../shared/schedule/cron.ts";

/** The first `count` times after a moment on the clock, without zones: `2026-01-01T00:00` and so on. */
function times(pattern: string, from: string, count: number): string[] {
	const cron = cronTimes(pattern);
	const found: string[] = [];
	let at: number | undefined = Date.parse(`${from}Z`);
	while (found.length < count) {
		at = cron.next(at);
		if (at === undefined) break;
		found.push(new Date(at).toISOString().slice(0, 19));
	}
	return found;
}

const day = (texts: readonly string[]) => texts.map((text) => text.slice(0, 10));

/**
 * Clauses of the Open Cron Pattern Specification that a schedule can use. Years
 * (a seventh field) and @reboot are none of them.
 */
describe("cron pattern, OCPS 1.0", () => {
	it.each([
		["five fields", "30 4 * * *", ["2026-01-01T04:30:00", "2026-01-02T04:30:00"]],
		["white space around and between", "  30\t4   * *  * ", ["2026-01-01T04:30:00"]],
		[
			"a list",
			"0,20,40 0 * * *",
			["2026-01-01T00:20:00", "2026-01-01T00:40:00", "2026-01-02T00:00:00"],
		],
		[
			"a range",
			"0 9-11 * * *",
			["2026-01-01T09:00:00", "2026-01-01T10:00:00", "2026-01-01T11:00:00", "2026-01-02T09:00:00"],
		],
		[
			"a step",
			"*/25 * * * *",
			["2026-01-01T00:25:00", "2026-01-01T00:50:00", "2026-01-01T01:00:00"],
		],
		[
			"a step in a range",
			"10-30/10 5 * * *",
			["2026-01-01T05:10:00", "2026-01-01T05:20:00", "2026-01-01T05:30:00"],
		],
		["a month's name in any case", "0 0 1 Feb *", ["2026-02-01T00:00:00", "2027-02-01T00:00:00"]],
		["a weekday's name", "0 0 * * SUN", ["2026-01-04T00:00:00", "2026-01-11T00:00:00"]],
		[
			"either of two days (1.0, legacy or)",
			"0 0 13 * FRI",
			["2026-01-02T00:00:00", "2026-01-09T00:00:00", "2026-01-13T00:00:00"],
		],
	])("%s", (_, pattern, expected) => {
		expect(times(pattern, "2026-01-01T00:00:00", expected.length)).toEqual(expected);
	});

	it("takes 0 and 7 for Sunday", () => {
		expect(times("0 0 * * 0", "2026-01-01T00:00:00", 5)).toEqual(
			times("0 0 * * 7", "2026-01-01T00:00:00", 5),
		);
	});

	it.each([
		"",
		"* * * *",
		"* * * * * * *",
		"60 * * * *",
		"* 24 * * *",
		"* * 0 * *",
		"* * 32 * *",
		"* * * 13 *",
		"* * * * 8",
		"5-1 * * * *",
		"*/0 * * * *",
		"*/61 * * * *",
		"a * * * *",
		"* * * FOO *",
		"1,,2 * * * *",
		"2026-01-01T00:00:00",
	])("refuses %j", (pattern) => {
		expect(() => cronTimes(pattern)).toThrow();
	});
});

describe("cron pattern, OCPS 1.1: nicknames", () => {
	it.each([
		["@yearly", "0 0 1 1 *"],
		["@annually", "0 0 1 1 *"],
		["@monthly", "0 0 1 * *"],
		["@weekly", "0 0 * * 0"],
		["@daily", "0 0 * * *"],
		["@midnight", "0 0 * * *"],
		["@hourly", "0 * * * *"],
		["@DAILY", "0 0 * * *"],
		["  @Weekly ", "0 0 * * 0"],
	])("%s is %s", (nickname, pattern) => {
		expect(times(nickname, "2026-01-01T00:00:00", 4)).toEqual(
			times(pattern, "2026-01-01T00:00:00", 4),
		);
	});

	it.each(["@reboot", "@unknown", "@daily 5"])("refuses %s", (nickname) => {
		expect(() => cronTimes(nickname)).toThrow();
	});
});

describe("cron pattern, OCPS 1.2: seconds", () => {
	it.each([
		["30 0 0 * * *", ["2026-01-01T00:00:30", "2026-01-02T00:00:30"]],
		["*/20 * * * * *", ["2026-01-01T00:00:20", "2026-01-01T00:00:40", "2026-01-01T00:01:00"]],
		["58-59 59 23 * * *", ["2026-01-01T23:59:58", "2026-01-01T23:59:59", "2026-01-02T23:59:58"]],
	])("%s", (pattern, expected) => {
		expect(times(pattern, "2026-01-01T00:00:00", expected.length)).toEqual(expected);
	});
});

describe("cron pattern, OCPS 1.3: L, # and W", () => {
	it.each([
		["0 0 L * *", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]],
		["0 0 L 2 *", ["2026-02-28", "2027-02-28", "2028-02-29"]],
		["0 0 * * FRI#L", ["2026-01-30", "2026-02-27", "2026-03-27"]],
		["0 0 * * 5#L", ["2026-01-30", "2026-02-27", "2026-03-27"]],
		["0 0 * * TUE#2", ["2026-01-13", "2026-02-10", "2026-03-10"]],
		["0 0 * * 2#2", ["2026-01-13", "2026-02-10", "2026-03-10"]],
		["0 0 * * MON#5", ["2026-03-30", "2026-06-29", "2026-08-31"]],
		// The 19th is a Saturday in September 2026: the Friday before; the 19th of July a Sunday: the Monday after.
		["0 12 19W 7,9 *", ["2026-07-20", "2026-09-18"]],
		// The 1st of August is a Saturday: not the month before, but Monday the 3rd.
		["0 12 1W 8 *", ["2026-08-03"]],
		// The 31st of May is a Sunday: not the month after, but Friday the 29th.
		["0 12 31W 5 *", ["2026-05-29"]],
		["0 12 LW 1,5 *", ["2026-01-30", "2026-05-29"]],
		["0 0 L 2 FRI#L", ["2026-02-27", "2026-02-28"]],
	])("%s", (pattern, expected) => {
		expect(day(times(pattern, "2026-01-01T00:00:00", expected.length))).toEqual(expected);
	});

	it.each(["0 12 10-15W * *", "0 0 * * MON#6", "0 0 * * MON#0"])("refuses %s", (pattern) => {
		expect(() => cronTimes(pattern)).toThrow();
	});
});

describe("cron pattern, OCPS 1.4: days that must both fit, and ?", () => {
	it.each([
		["0 12 1 * +MON", ["2026-06-01", "2027-02-01", "2027-03-01"]],
		["0 12 15 * +5", ["2026-05-15", "2027-01-15"]],
		["0 12 1 * +MON-FRI", ["2026-01-01", "2026-04-01", "2026-05-01"]],
		["0 12 1 * +MON#1", ["2026-06-01", "2027-02-01"]],
		["0 12 ? * MON", ["2026-01-05", "2026-01-12"]],
		["0 0 31 2 *", []],
	])("%s", (pattern, expected) => {
		expect(day(times(pattern, "2026-01-01T00:00:00", Math.max(1, expected.length)))).toEqual(
			expected,
		);
	});

	it.each(["0 +12 * * *", "0 12 1 * +"])("refuses %s", (pattern) => {
		expect(() => cronTimes(pattern)).toThrow();
	});

	it("tells daily jobs from those at intervals, which changes of the clocks treat differently", () => {
		const fixed = ["30 2 * * *", "0 30 2,14 * * 1-5", "@daily", "0 2 L * *"];
		const open = ["*/10 2 * * *", "30 * * * *", "* 30 2 * * *", "@hourly", "0 ? * * *"];
		expect(fixed.map((pattern) => cronTimes(pattern).fixedTime)).toEqual(fixed.map(() => true));
		expect(open.map((pattern) => cronTimes(pattern).fixedTime)).toEqual(open.map(() => false));
	});
});
