import { describe, expect, it } from "vitest";
import type { Quota } from "../../client/src/index.ts";
import { exactText, parseExact } from "../../console/app/api/exact.ts";
import { barsOf } from "../../console/app/views/command/bars.ts";
import { curvesOf } from "../../console/app/views/jobs/curve.ts";
import { withSample } from "../../console/app/views/quota/series.ts";
import { daysFrom, weekOf } from "../../console/app/views/schedules/week.ts";
import { commandOf } from "../support/api/contract-api.ts";

describe("the calendar of a week", () => {
	it("has a row for each hour in which something runs, and one entry a schedule and hour", () => {
		const now = new Date(2026, 10, 24, 12).getTime();
		const days = daysFrom(now, 0);
		const run = (schedule: string, day: number, hour: number, minute: number) => ({
			schedule,
			name: schedule,
			dueAt: new Date(2026, 10, day, hour, minute).toISOString(),
		});
		const runs = [run("b", 25, 7, 30), run("a", 25, 7, 0), run("b", 25, 7, 45), run("a", 30, 5, 0)];
		const week = weekOf([...runs, run("a", 99, 7, 0)], days);
		expect(week.hours.map(({ hour }) => hour)).toEqual([5, 7]);
		expect(week.hours[1]?.days[1]).toMatchObject([
			{ schedule: "a", times: 1 },
			{ schedule: "b", times: 2 },
		]);
		expect(week.hours[0]?.days[6]).toHaveLength(1);
	});

	it("goes on a week later where this one ends", () => {
		const now = new Date(2026, 11, 28).getTime();
		expect(daysFrom(now, 1)[0]?.toDateString()).toBe(new Date(2027, 0, 4).toDateString());
	});
});

describe("the time line of a command", () => {
	it("shows attempts, the wait for the reply and its end to scale", () => {
		const command = commandOf("c1", {
			state: "succeeded",
			terminal: true,
			createdAt: "2026-11-24T07:00:00.000Z",
			updatedAt: "2026-11-24T07:00:10.000Z",
			attempts: [
				{ at: "2026-11-24T07:00:01.000Z", durationMs: 1000, code: "Throttling" },
				{ at: "2026-11-24T07:00:04.000Z", durationMs: 1000 },
			],
		});
		const { bars, spanMs } = barsOf(command, 0);
		expect(spanMs).toBe(10_000);
		expect(bars.map(({ from, to, look }) => [look, from, to])).toEqual([
			["bad", 0.1, 0.2],
			["good", 0.4, 0.5],
			["going", 0.5, 1],
		]);
	});
});

describe("the curves of a job", () => {
	it("are drawn over the same times, each on its own line", () => {
		const planned = [
			{ at: 0, devices: 0 },
			{ at: 10, devices: 100 },
		];
		const actual = [
			{ at: 0, devices: 0 },
			{ at: 5, devices: 20 },
		];
		expect(curvesOf(planned, actual)).toEqual([
			[0, 5, 10],
			[0, 50, 100],
			[0, 20, null],
		]);
	});
});

describe("the curves of the quota", () => {
	it("reach back an hour at most, and begin with the minute that the first look tells of", () => {
		const usage = { granted: 60, used: 30, throttled: 0 };
		const lanes = { interactive: usage, bulk: usage };
		const quota: Quota = {
			limit: 500,
			share: 1,
			rate: null,
			instances: 0,
			lastMinute: { ...usage, lanes },
		};
		let samples = withSample([], quota, 1_000_000_000);
		expect(samples.map(({ at }) => at)).toEqual([999_940, 1_000_000]);
		for (let second = 2; second < 4_000; second += 2) {
			samples = withSample(samples, quota, (1_000_000 + second) * 1000);
		}
		expect(samples.length).toBeLessThanOrEqual(1_800);
	});
});

describe("JSON for people", () => {
	it("is shown with an indent, or in one line", () => {
		const value = parseExact('{"a":[1,{"b":null}],"c":{},"d":"ü"}');
		expect(exactText(value, "")).toBe('{"a": [1, {"b": null}], "c": {}, "d": "ü"}');
		expect(JSON.parse(exactText(value, "  "))).toEqual(value);
	});
});
