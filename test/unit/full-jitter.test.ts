import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullJitter } from "../../shared/retry/full-jitter.ts";

const BACKOFF = { baseMs: 200, capMs: 10_000 };

describe("full jitter", () => {
	it("spreads from nothing to a bound that doubles, up to the cap", () => {
		const bounds = [1, 2, 3, 6, 7, 100, 5_000].map((n) => fullJitter(n, BACKOFF, () => 0.9999999));
		expect(bounds).toEqual([199, 399, 799, 6_399, 9_999, 9_999, 9_999]);
		expect(fullJitter(5, BACKOFF, () => 0)).toBe(0);
	});

	it("is always a whole number of milliseconds that a timer can take", () => {
		const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 10_000 }), random, (attempt, value) => {
				const ms = fullJitter(attempt, BACKOFF, () => value);
				expect(Number.isInteger(ms)).toBe(true);
				expect(ms).toBeGreaterThanOrEqual(0);
				expect(ms).toBeLessThan(BACKOFF.capMs);
			}),
		);
	});
});
