import { describe, expect, it } from "vitest";
import { type Cell, cells, outage } from "../support/outage/outage.ts";

/** All of them are the benchmark `outages`; here those that are quick and those that are worst. */
const CHOSEN = cells().filter(
	({ duration, share, fault }) =>
		(duration === "10 s" && share === 1) || (duration === "2 min" && fault === "resets"),
);
const name = ({ service, fault, share, duration }: Cell) =>
	`${service} ${fault}, ${share * 100} % for ${duration}`;

describe("an outage", () => {
	it.each(CHOSEN.map((cell, seed) => [name(cell), cell, seed] as const))(
		"(%s) loses nothing, doubles nothing, and ends with every command's end",
		async (_, cell, seed) => {
			const result = await outage(cell, seed);
			expect(result).toMatchObject({ lost: 0, duplicates: 0, wrong: 0, endless: 0 });
			expect(result.states["expired"]).toBeUndefined();
		},
		60_000,
	);
});
