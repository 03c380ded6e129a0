import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STATES, type State } from "../../shared/command/state.ts";
import { allCounts, ended, total } from "../../shared/job/counts.ts";
import { forecast } from "../../shared/job/forecast.ts";
import type { Counts, Job, StopRule, Wave } from "../../shared/job/job.ts";
import { parseJob } from "../../shared/job/parse.ts";
import { creditAt, rateAfter } from "../../shared/job/rate.ts";
import { judge } from "../../shared/job/stop.ts";
import { inTurn, waveEnds } from "../../shared/job/waves.ts";
import { windowAt } from "../../shared/job/window.ts";
import { parseExact } from "../../shared/json/exact.ts";
import { newJob } from "../../shared/lifecycle/start-job.ts";
import { parseQuery, QueryError } from "../../shared/registry/query.ts";

const SEED = 20_261_124;
const check = <T>(property: fc.IProperty<T>, numRuns = 200) =>
	fc.assert(property, { seed: SEED, numRuns });

const waves: fc.Arbitrary<Wave[]> = fc.array(
	fc.oneof(
		fc.record({ count: fc.integer({ min: 1, max: 500 }) }),
		fc.record({ percent: fc.double({ min: 0.1, max: 100, noNaN: true }) }),
	),
	{ minLength: 1, maxLength: 6 },
);
const counts: fc.Arbitrary<Counts> = fc.dictionary(
	fc.constantFrom(...STATES),
	fc.integer({ min: 0, max: 300 }),
) as fc.Arbitrary<Counts>;
const devices = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 60 });
const deviceOf = (deviceName: string) => ({ productKey: "pk", deviceName });

function jobOf(body: object): Job {
	const parsed = parseJob(
		parseExact(
			JSON.stringify({ targets: { query: "online" }, command: { service: "Set" }, ...body }),
		),
	);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	return newJob("job", parsed.value.definition, 0, undefined);
}

describe("waves", () => {
	it("are the same devices in the same order, whoever resolves them and in whatever order they come", () => {
		check(
			fc.property(devices, fc.string(), (names, job) => {
				const turns = inTurn(job, names.map(deviceOf));
				expect(inTurn(job, names.toReversed().map(deviceOf))).toEqual(turns);
				expect(new Set(turns.map(({ deviceName }) => deviceName))).toEqual(new Set(names));
			}),
		);
	});

	it("keep a device's place among the others when one more device comes", () => {
		check(
			fc.property(devices, fc.string({ minLength: 9, maxLength: 9 }), (names, more) => {
				const before = inTurn("job", names.map(deviceOf));
				const after = inTurn("job", [...names, more].map(deviceOf));
				expect(after.filter(({ deviceName }) => deviceName !== more)).toEqual(before);
			}),
		);
	});

	it("never end before the one before them, nor beyond all devices", () => {
		check(
			fc.property(waves, fc.integer({ min: 0, max: 100_000 }), (some, all) => {
				const ends = waveEnds(some, all);
				expect(ends).toEqual(ends.toSorted((a, b) => a - b));
				expect(ends.every((end) => end >= 0 && end <= all)).toBe(true);
			}),
		);
	});
});

describe("counts", () => {
	it("hold each device once, those without a command too", () => {
		check(
			fc.property(waves, fc.integer({ min: 0, max: 5_000 }), fc.nat(), (some, targets, chance) => {
				const ends = waveEnds(some, targets);
				const sizes = ends.map((end, index) => end - (ends[index - 1] ?? 0));
				const seen = new Map(
					sizes.map((size, wave) => {
						const state = STATES[(chance + wave) % STATES.length] ?? "sent";
						return [wave, { [state]: Math.floor(size / 2) }] as const;
					}),
				);
				const found = { set: "s", total: targets, resolvedAt: 0 };
				const shown = allCounts({ ...jobOf({ waves: some }), found }, seen, 0);
				expect(total(shown.counts)).toBe(targets);
				expect(shown.waves.map((wave) => total(wave.counts))).toEqual(sizes);
			}),
		);
	});
});

describe("stop rules", () => {
	const rule: fc.Arbitrary<StopRule> = fc.record({
		states: fc.uniqueArray(fc.constantFrom<State>("failed", "unknown", "timed_out"), {
			minLength: 1,
		}),
		percent: fc.integer({ min: 1, max: 100 }),
		minimum: fc.integer({ min: 1, max: 50 }),
		// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
		then: fc.constantFrom("pause", "cancel"),
	});

	it("stop exactly where the part and the minimum are reached", () => {
		check(
			fc.property(rule, counts, (one, some) => {
				const bad = one.states.reduce((sum, state) => sum + (some[state] ?? 0), 0);
				const all = ended(some);
				const expected = bad > 0 && all >= one.minimum && bad / all >= one.percent / 100;
				expect(judge([one], some) !== undefined).toBe(expected);
			}),
		);
	});

	it("count nothing that was acknowledged, and end no job for what nobody knows", () => {
		check(
			fc.property(rule, counts, (one, some) => {
				expect(judge([one], some, some)).toBeUndefined();
				const { failed: _failed, timed_out: _late, ...unknown } = some;
				expect(judge([one], unknown)?.do).not.toBe("cancel");
			}),
		);
	});
});

describe("a rate", () => {
	const growth = fc.record({
		factor: fc.double({ min: 1, max: 4, noNaN: true }),
		everySucceeded: fc.integer({ min: 1, max: 1_000 }),
		max: fc.double({ min: 1, max: 500, noNaN: true }),
	});

	it("gives no more devices in any time than it says, and all of them in the long run", () => {
		check(
			fc.property(
				fc.double({ min: 0.01, max: 200, noNaN: true }),
				fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 200 }),
				(perSecond, pauses) => {
					let credit = creditAt({ perSecond }, 0, undefined, 0);
					let [now, made] = [0, 0];
					for (const pause of pauses) {
						now += pause;
						credit = creditAt({ perSecond }, 0, credit, now);
						const some = Math.floor(credit.devices);
						made += some;
						credit = { ...credit, devices: credit.devices - some };
						expect(made).toBeLessThanOrEqual((now / 1000) * perSecond + 1 + 1e-6);
					}
					expect(made).toBeGreaterThanOrEqual(Math.floor((now / 1000) * perSecond - 1e-6) - 1);
				},
			),
		);
	});

	it("grows with successes, up to its most", () => {
		check(
			fc.property(growth, fc.nat({ max: 10_000 }), (some, succeeded) => {
				const rate = { perSecond: 1, growth: some };
				expect(rateAfter(rate, succeeded)).toBeLessThanOrEqual(some.max);
				expect(rateAfter(rate, succeeded + 1)).toBeGreaterThanOrEqual(rateAfter(rate, succeeded));
			}),
		);
	});
});

describe("a window", () => {
	const window = { cron: "0 1 * * *", timeZone: "Europe/Berlin", minutes: 240 };

	it("is open for its minutes and closed otherwise, on days of 23 and 25 hours as well", () => {
		const march = Date.parse("2026-03-28T00:00:00Z");
		check(
			fc.property(fc.integer({ min: 0, max: 3 * 24 * 60 }), (minute) => {
				const now = march + minute * 60_000;
				const opening = windowAt(window, now);
				if (opening.open) {
					expect(opening.until).toBeGreaterThan(now);
					expect(windowAt(window, opening.until).open).toBe(false);
				} else {
					const opensAt = opening.opensAt ?? 0;
					expect(opensAt).toBeGreaterThan(now);
					expect(windowAt(window, opensAt).open).toBe(true);
					expect(windowAt(window, opensAt - 1).open).toBe(false);
				}
			}),
		);
	});
});

describe("a forecast", () => {
	it("sends to all that the waves cover, in no less time than the quota needs", () => {
		const capacity = { alonePerSecond: 500, togetherPerSecond: 1_000, repliesPerSecond: 1_000 };
		check(
			fc.property(waves, fc.integer({ min: 1, max: 20_000 }), (some, all) => {
				const found = { set: "s", total: all, resolvedAt: 0 };
				const job: Job = { ...jobOf({ waves: some }), state: "scheduled", found };
				const result = forecast(job, 0, { capacity, batchDevices: 100, offline: 0, replyMs: 500 });
				const covered = waveEnds(some, all).at(-1) ?? 0;
				expect(result.state).toBe("completed");
				expect(result.curve.at(-1)).toMatchObject({ sent: covered, ended: covered });
				expect((result.sentAt ?? 0) / 1000).toBeGreaterThanOrEqual(covered / 1_000 - 1.1);
			}),
			50,
		);
	});
});

describe("a query", () => {
	it("is read, or refused with a place within it, whatever it is", () => {
		const part = fc.constantFrom(
			...["and", "or", "not", "(", ")", "=", "!=", "in", ",", "'x'", '"y"', "online", "true"],
			...["productKey", "deviceName", "tags.a", "group", "lastSeen", "'1h'", "'", "§", "nothing"],
		);
		check(
			fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
				const text = parts.join(" ");
				try {
					parseQuery(text);
				} catch (error) {
					if (!(error instanceof QueryError)) throw error;
					expect(error.at).toBeGreaterThanOrEqual(0);
					expect(error.at).toBeLessThanOrEqual(text.length);
				}
			}),
			2_000,
		);
	});
});
