import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Book, type Slice, secondOf } from "../../shared/quota/book.ts";
import { Instances } from "../support/quota/instances.ts";
import { seededRandom } from "../support/random.ts";

const MAX_SKEW_MS = 200;
/** Calls may be made late by the grace, or early by an interactive command's reach. */
const EARLY_AND_LATE_MS = 160;

const instance = fc.record({
	skewMs: fc.integer({ min: -MAX_SKEW_MS, max: MAX_SKEW_MS }),
	inFlight: fc.integer({ min: 5, max: 30 }),
	interactive: fc.integer({ min: 0, max: 2 }),
	diesAtMs: fc.option(fc.integer({ min: 0, max: 6_000 }), { nil: undefined }),
	startsAtMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
});

/** Everything that the table has ever said may be called, by the second in which it may be. */
function plannedBySecond(world: Instances): Map<number, number> {
	const calls = new Map<number, number>();
	const add = (second: number, count: number) =>
		calls.set(second, (calls.get(second) ?? 0) + count);
	const slices = new Map<number, Slice>();
	for (const { key, columns } of world.written) {
		const [part = ""] = key;
		if (part.includes("reserve#")) add(Number(part.split("reserve#")[1]), 1);
		if (part !== "book") continue;
		for (const slice of (JSON.parse(String(columns["body"])) as Book).slices) {
			// What is planned is never changed.
			expect(slices.get(slice.from) ?? slice).toEqual(slice);
			slices.set(slice.from, slice);
		}
	}
	for (const { from, grants } of slices.values()) {
		for (const grant of grants) add(secondOf(from), grant.calls);
	}
	return calls;
}

describe("whatever instances die, writes are in doubt and clocks differ", () => {
	it("no second is planned with more than the quota, and no window sees more calls than the clocks' difference explains", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(instance, { minLength: 3, maxLength: 8, size: "max" }),
				fc.constantFrom(10, 60, 200),
				fc.double({ min: 0, max: 0.4, noNaN: true }),
				fc.integer(),
				async (instances, perSecond, failing, seed) => {
					const random = seededRandom(seed);
					const limits = { perSecond, share: 1, maxInstances: 8 };
					const world = new Instances(
						limits,
						instances.map(({ skewMs }) => skewMs),
						random,
					);
					world.fate = () => {
						const fate = random();
						if (fate >= failing) return { delayMs: 8 };
						return { delayMs: 60, fails: fate < failing / 2 ? "no" : "maybe" };
					};
					for (const [
						index,
						{ inFlight, interactive, startsAtMs, diesAtMs },
					] of instances.entries()) {
						world.clock.after(startsAtMs, () => {
							world.keepBusy(index, inFlight);
							world.keepBusy(index, interactive, "interactive");
						});
						if (diesAtMs !== undefined) world.clock.after(diesAtMs, () => world.kill(index));
					}
					await world.clock.advance(8_000);
					if (instances.some(({ diesAtMs }) => diesAtMs === undefined)) {
						expect(world.granted.length).toBeGreaterThan(0);
					}
					for (const [second, calls] of plannedBySecond(world)) {
						expect(calls, `second ${second}`).toBeLessThanOrEqual(perSecond + 1);
					}
					const planned = [...plannedBySecond(world).values()].reduce(
						(sum, calls) => sum + calls,
						0,
					);
					const alone = world.logged.some((line) => line.includes("static share"));
					if (!alone) expect(world.granted.length).toBeLessThanOrEqual(planned);
					const differ = 2 * MAX_SKEW_MS + EARLY_AND_LATE_MS;
					for (const windowMs of [1_000, 5_000]) {
						const most = (perSecond * (windowMs + differ)) / 1_000;
						expect(world.busiest(windowMs)).toBeLessThanOrEqual(Math.ceil(most) + 1);
					}
				},
			),
			{ numRuns: 40 },
		);
	}, 60_000);
});
