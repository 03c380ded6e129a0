import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import { Batcher, type Item } from "../../shared/batch/batcher.ts";

const MAX_GATHER_MS = 25;

/** A small generator of its own, so that every run is the same. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
		return state / 2 ** 31;
	};
}

/** Writers that each wait for their row, think, and write the next. */
async function load(writers: number, roundTripMs: number, thinkMs: number) {
	const clock = new VirtualClock();
	const random = seeded(1);
	const latencies: number[] = [];
	let requests = 0;
	const batcher = new Batcher<Item, boolean>({
		clock,
		maxItems: 200,
		maxBytes: 3_500_000,
		maxInFlight: 24,
		async send(items) {
			requests++;
			await clock.sleep(roundTripMs);
			return items.map(() => true);
		},
	});
	const until = clock.now() + 10 * (roundTripMs + thinkMs);
	const write = async () => {
		await clock.sleep(random() * (roundTripMs + thinkMs));
		while (clock.now() < until) {
			const startedAt = clock.now();
			await batcher.submit({ bytes: 500, sent: false, withdrawn: false });
			latencies.push(clock.now() - startedAt);
			if (thinkMs > 0) await clock.sleep(thinkMs * (0.5 + random()));
		}
	};
	await clock.run(Promise.all(Array.from({ length: writers }, write)));
	latencies.sort((left, right) => left - right);
	return {
		rowsPerRequest: latencies.length / requests,
		p50: latencies[Math.floor(latencies.length / 2)],
		worst: latencies.at(-1),
	};
}

describe.each([1, 20, 200])("the batcher at a round trip of %i ms", (roundTripMs) => {
	const gatherMs = Math.max(1, Math.min(MAX_GATHER_MS, roundTripMs / 2));

	it("does not hold up a lone writer", async () => {
		const alone = await load(1, roundTripMs, roundTripMs);
		expect(alone).toEqual({ rowsPerRequest: 1, p50: roundTripMs, worst: roundTripMs });
	});

	it.each([10, 100, 1_000])(
		"fills requests for %i writers that do nothing else",
		async (writers) => {
			const { rowsPerRequest, p50 } = await load(writers, roundTripMs, 0);
			// After a while they write in step; at 200 ms the first second is part of the average.
			expect(rowsPerRequest).toBeGreaterThan(
				Math.min(200, writers) * (roundTripMs > 100 ? 0.1 : 0.25),
			);
			expect(p50).toBeLessThanOrEqual(roundTripMs + gatherMs);
		},
	);

	it("adds to a row's way no more than half a round trip, or 25 ms", async () => {
		const { rowsPerRequest, p50, worst } = await load(100, roundTripMs, 2 * roundTripMs);
		expect(p50).toBeLessThanOrEqual(roundTripMs + gatherMs);
		// Before the first answer the round trip is not known.
		expect(worst).toBeLessThanOrEqual(roundTripMs + MAX_GATHER_MS);
		expect(rowsPerRequest).toBeGreaterThan(5);
	});
});
