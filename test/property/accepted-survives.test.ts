import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyJson } from "../support/fuzz/any-json.ts";
import { anyBody } from "../support/fuzz/bodies.ts";
import { DOORS, isOfDevices, throughDoor } from "../support/fuzz/through-doors.ts";
import { valueDoors } from "../support/fuzz/values.ts";

/** Inputs of one lot share a virtual cloud. */
const LOT = 50;
/** 3,000 inputs a door; the queue's shapes share theirs. The benchmark `fuzz` brings 100,000 to each. */
const LOTS = 60;
const LOTS_OF_A_SHAPE = 10;
/** Each of its inputs comes twice: among sound commands, and alone. */
const LOTS_OF_THE_WORKER = 30;
const SHAPES = /^(mns|rocketmq|rabbitmq|kafka|http )/;

describe("what is accepted survives everything after it, and the rest is refused", () => {
	it.each(Object.keys(DOORS))(
		"by the door %s",
		async (door) => {
			const input = isOfDevices(door) ? anyJson : anyBody;
			const others = door === "worker" ? LOTS_OF_THE_WORKER : LOTS;
			const lots = SHAPES.test(door) ? LOTS_OF_A_SHAPE : others;
			let accepted = 0;
			await fc.assert(
				fc.asyncProperty(fc.array(input, { minLength: LOT, maxLength: LOT }), async (inputs) => {
					accepted += (await throughDoor(door, inputs)).accepted;
				}),
				{ numRuns: lots, seed: 20261124, endOnFailure: true },
			);
			expect(accepted).toBeGreaterThanOrEqual(lots);
		},
		120_000,
	);
});

describe("one value is taken or refused, within a second", () => {
	it.each(Object.entries(valueDoors(20261124)))(
		"by the door %s",
		async (_, { arbitrary, take }) => {
			for (const text of fc.sample(arbitrary, { numRuns: 3_000, seed: 20261124 })) {
				const startedAt = process.hrtime.bigint();
				await take(text);
				expect(process.hrtime.bigint() - startedAt).toBeLessThan(1_000_000_000n);
			}
		},
	);
});
