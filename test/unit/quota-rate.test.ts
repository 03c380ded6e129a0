import { describe, expect, it } from "vitest";
import { fullRate, nextRate, type Rate } from "../../shared/quota/rate.ts";

const SLICE_MS = 250;
/** What members say is that old when a plan begins. */
const LAG_MS = 300;

const LIMITS = { account: 500, most: 496 };

/** Plans slice by slice against a server that others use, too; throttles everybody alike. */
function play(from: Rate, slices: number, foreign: (slice: number) => number, firstSlice = 0) {
	let rate = from;
	const rates: number[] = [];
	let throttledCalls = 0;
	for (let slice = firstSlice; slice < firstSlice + slices; slice++) {
		const offered = rate.perSecond + foreign(slice);
		const sent = (rate.perSecond * SLICE_MS) / 1000;
		const throttled = Math.round(sent * Math.max(0, 1 - LIMITS.account / offered));
		throttledCalls += throttled;
		const from = slice * SLICE_MS;
		const traffic = { ms: SLICE_MS, sent, throttled };
		rate = nextRate(rate, { from, asOf: from - LAG_MS }, traffic, LIMITS);
		rates.push(rate.perSecond);
	}
	return { rate, rates, throttledCalls };
}

describe("the rate", () => {
	it("is all that we may have while nothing is throttled", () => {
		expect(play(fullRate(LIMITS), 400, () => 0).rates.every((rate) => rate === 496)).toBe(true);
	});

	it("is within 3 % of what another client leaves after a second, tried again once, and stays near it", () => {
		const { rates } = play(fullRate(LIMITS), 240, () => 150);
		for (const rate of rates.slice(1_000 / SLICE_MS, 2_000 / SLICE_MS)) {
			expect(Math.abs(rate - 350)).toBeLessThanOrEqual(350 * 0.03);
		}
		const later = rates.slice(8_000 / SLICE_MS);
		const mean = later.reduce((sum, rate) => sum + rate, 0) / later.length;
		expect(mean).toBeGreaterThan(350 * 0.97);
		expect(mean).toBeLessThan(350 * 1.03);
	});

	it("has few calls throttled while it stays there", () => {
		const { throttledCalls } = play(fullRate(LIMITS), 960, () => 150);
		expect(throttledCalls / (350 * 240)).toBeLessThan(0.015);
	});

	it("is whole again five seconds after a jam that throttled for a moment", () => {
		const { rates } = play(fullRate(LIMITS), 24, (slice) => (slice === 2 ? 500 : 0));
		expect(Math.min(...rates)).toBeLessThan(480);
		expect(rates.at(-1)).toBe(496);
	});

	it("is whole again within twenty seconds after the other client has gone", () => {
		const during = play(fullRate(LIMITS), 80, () => 150);
		const { rates } = play(during.rate, 20_000 / SLICE_MS, () => 0, 80);
		expect(rates.at(-1)).toBe(496);
	});

	it("is not cut for a single throttled call", () => {
		const rate = nextRate(
			fullRate(LIMITS),
			{ from: 1_750, asOf: 1_500 },
			{ ms: SLICE_MS, sent: 124, throttled: 1 },
			LIMITS,
		);
		expect(rate.perSecond).toBe(496);
	});

	it("keeps a trickle even if everything is throttled", () => {
		const { rates } = play(fullRate(LIMITS), 100, () => 1_000_000);
		expect(Math.min(...rates)).toBe(20);
	});
});
