import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import { type RetryOptions, retry } from "../../shared/retry/retry.ts";
import { followClock } from "../support/time/follow-clock.ts";

const POLICY = { minTimeout: 50, maxTimeout: 1_000, shouldRetry: () => true };

let clock: VirtualClock;
let restore: () => void;
beforeEach(() => {
	clock = new VirtualClock();
	restore = followClock(clock);
});
afterEach(() => restore());

/** Fails always. @returns when each attempt began, in milliseconds after the first. */
async function attempts(options: Partial<RetryOptions>): Promise<number[]> {
	const start = clock.now();
	const times: number[] = [];
	const call = retry(
		async () => {
			times.push(clock.now() - start);
			throw new Error("no");
		},
		{ ...POLICY, ...options },
	);
	await expect(clock.run(call, Number.MAX_SAFE_INTEGER)).rejects.toThrow("no");
	return times;
}

const gaps = (times: readonly number[]) =>
	times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe("retry", () => {
	it("waits longer each time, with chance, up to a bound", async () => {
		const waited = gaps(await attempts({ retries: 8 }));
		waited.forEach((gap, n) => {
			expect(gap).toBeGreaterThanOrEqual(Math.min(1_000, 50 * 2 ** n));
			expect(gap).toBeLessThanOrEqual(Math.min(1_000, 100 * 2 ** n));
		});
		expect(waited).toHaveLength(8);
	});

	it("begins no attempt after its time", async () => {
		const times = await attempts({ maxRetryTime: 1_500 });
		expect(times.at(-1)).toBeLessThanOrEqual(1_500);
		expect(times.length).toBeGreaterThan(3);
	});

	it("gives what the operation gives, and knows the attempt's number", async () => {
		const call = retry(
			async (attempt) => {
				if (attempt < 3) throw new Error("no");
				return attempt;
			},
			{ ...POLICY },
		);
		expect(await clock.run(call)).toBe(3);
	});

	it("does not repeat what is not worth it", async () => {
		expect(await attempts({ shouldRetry: () => false })).toEqual([0]);
	});

	it("stops waiting when its signal says so", async () => {
		const stop = new AbortController();
		const call = retry(() => Promise.reject(new Error("no")), { ...POLICY, signal: stop.signal });
		const outcome = expect(call).rejects.toThrow("enough");
		await clock.advance(10);
		stop.abort(new Error("enough"));
		await outcome;
		expect(clock.pending).toBe(0);
	});

	it("never waits a time that a timer cannot keep", async () => {
		const policy = fc.record({
			minTimeout: fc.integer({ min: 1, max: 2 ** 31 }),
			factor: fc.integer({ min: 1, max: 1_000 }),
		});
		await fc.assert(
			fc.asyncProperty(policy, async (chosen) => {
				const times = await attempts({
					...chosen,
					maxTimeout: Number.POSITIVE_INFINITY,
					retries: 5,
				});
				for (const gap of gaps(times)) {
					expect(gap).toBeGreaterThanOrEqual(1);
					expect(gap).toBeLessThan(2 ** 31);
				}
			}),
			{ numRuns: 30 },
		);
	});
});
