import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shareOut } from "../../shared/quota/share-out.ts";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("sharing calls out", () => {
	it("gives everybody the same while all want more", () => {
		expect(shareOut(120, [1_000, 1_000, 1_000], 0)).toEqual([40, 40, 40]);
	});

	it("gives what one leaves to those who want more", () => {
		expect(shareOut(120, [10, 1_000, 1_000], 0)).toEqual([10, 55, 55]);
	});

	it("gives what nobody wants evenly to all", () => {
		expect(shareOut(30, [1, 1, 1], 0)).toEqual([10, 10, 10]);
	});

	it("gives the calls that do not divide evenly to others each time", () => {
		expect([0, 1, 2].map((turn) => shareOut(1, [5, 5, 5], turn))).toEqual([
			[1, 0, 0],
			[0, 1, 0],
			[0, 0, 1],
		]);
	});

	it("spends exactly the total, and takes from nobody for one who has more (property)", () => {
		fc.assert(
			fc.property(
				fc.nat(500),
				fc.array(fc.nat(200), { minLength: 1, maxLength: 25 }),
				fc.nat(1_000),
				(total, wishes, turn) => {
					const given = shareOut(total, wishes, turn);
					expect(sum(given)).toBe(total);
					for (const [index, calls] of given.entries()) {
						if (calls >= (wishes[index] ?? 0)) continue;
						// Whoever lacks something has no less than anybody else, but for one indivisible call.
						expect(Math.max(...given) - calls).toBeLessThanOrEqual(1);
					}
				},
			),
		);
	});
});
