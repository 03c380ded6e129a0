import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createThrottle, THROTTLE_MODELS } from "../../local/iot/http/throttle.ts";
import { type Fate, Instances } from "../support/quota/instances.ts";
import { seededRandom } from "../support/random.ts";

const INSTANCES = 4;
const LIMITS = { perSecond: 200, share: 1, maxInstances: INSTANCES };
const RUN_MS = 24_000;
/** Reading, writing and reading again come first; whoever comes into a stall waits for its end. */
const BEGUN_AFTER_MS = 12_000;
const WINDOW_MS = 1_000;
/** Calls that a late timer has moved over the edge of a server's second. */
const MOST_REFUSED_SHARE = 0.002;

const constant = fc
	.integer({ min: 1, max: 1_000 })
	.map((ms) => ({ kind: "constant", ms }) as const);
const random = fc.integer({ min: 1, max: 1_000 }).map((ms) => ({ kind: "random", ms }) as const);
const stalls = fc
	.record({
		ms: fc.integer({ min: 1, max: 300 }),
		everyMs: fc.integer({ min: 4_000, max: 15_000 }),
		share: fc.double({ min: 0.05, max: 0.4, noNaN: true }),
	})
	.map((stall) => ({ kind: "stalls", ...stall }) as const);

type Trips =
	typeof constant extends fc.Arbitrary<infer C>
		?
				| C
				| (typeof random extends fc.Arbitrary<infer R> ? R : never)
				| (typeof stalls extends fc.Arbitrary<infer S> ? S : never)
		: never;

/** How long each way takes, from now on. */
function fateOf(trips: Trips, sinceStartMs: number): Fate {
	const half = trips.ms / 2;
	switch (trips.kind) {
		case "constant":
			return { delayMs: half, exact: true };
		case "random":
			return { delayMs: half };
		case "stalls": {
			const left = trips.everyMs - (sinceStartMs % trips.everyMs);
			return { delayMs: half + (left < trips.everyMs * trips.share ? left / 2 : 0), exact: true };
		}
	}
}

describe("whatever the table store takes to answer", () => {
	it("the quota is never 0 and never exceeded, by either way of counting", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(constant, random, stalls),
				fc.array(fc.integer({ min: 0, max: 5_000 }), {
					minLength: INSTANCES,
					maxLength: INSTANCES,
				}),
				fc.integer(),
				async (trips, startsAtMs, seed) => {
					const world = new Instances(LIMITS, Array(INSTANCES).fill(0), seededRandom(seed));
					const start = world.clock.now();
					world.fate = () => fateOf(trips, world.clock.now() - start);
					for (const [index, ms] of startsAtMs.entries()) {
						world.clock.after(ms, () => world.keepBusy(index, 30));
					}
					await world.clock.advance(RUN_MS);
					for (let at = BEGUN_AFTER_MS; at < RUN_MS; at += WINDOW_MS) {
						expect(world.grantedBetween(at, at + WINDOW_MS), `at ${at} ms`).toBeGreaterThan(0);
					}
					for (const model of THROTTLE_MODELS) {
						const server = createThrottle(model, LIMITS.perSecond);
						const refused = world.granted.filter(({ at }) => !server.take(at)).length;
						expect(refused / world.granted.length, model).toBeLessThanOrEqual(MOST_REFUSED_SHARE);
					}
				},
			),
			{ numRuns: Number(process.env["RUNS"] ?? 40) },
		);
	}, 120_000);
});
