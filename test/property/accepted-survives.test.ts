import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyJson } from "../support/fuzz/any-json.ts";
import { anyBody } from "../support/fuzz/bodies.ts";
import { DOORS, throughDoor } from "../support/fuzz/through-doors.ts";

/** Inputs of one lot share a virtual cloud. */
const LOT = 50;
/** 3,000 inputs a door; the queue's shapes share theirs. The benchmark `fuzz` brings 100,000 to each. */
const LOTS = 60;
const LOTS_OF_A_SHAPE = 10;
const SHAPES = /^(mns|rocketmq|rabbitmq|kafka|http )/;

describe("what is accepted survives everything after it, and the rest is refused", () => {
	it.each(Object.keys(DOORS))(
		"by the door %s",
		async (door) => {
			const input = ["replies", "reports of devices"].includes(door) ? anyJson : anyBody;
			const lots = SHAPES.test(door) ? LOTS_OF_A_SHAPE : LOTS;
			let accepted = 0;
			await fc.assert(
				fc.asyncProperty(fc.array(input, { minLength: LOT, maxLength: LOT }), async (inputs) => {
					accepted += (await throughDoor(door, inputs)).accepted;
				}),
				{ numRuns: lots, seed: 20261124, endOnFailure: true },
			);
			expect(accepted).toBeGreaterThan(lots);
		},
		120_000,
	);
});
