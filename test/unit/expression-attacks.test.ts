import { describe, expect, it } from "vitest";
import { parseExact } from "../../shared/json/exact.ts";
import { type Attacked, attack, eventOf } from "../support/expressions/attack.ts";
import { ATTACKS } from "../support/expressions/attacks.ts";
import { EVENTS } from "../support/expressions/events.ts";

const MOST_CPU_MS = 50;
const MOST_MEMORY_BYTES = 64 * 1024 * 1024;
/** The processor time is that of the whole process: its other threads may have been busy for once. */
const TRIES = 3;

function withinTime(one: (typeof ATTACKS)[number]): Attacked {
	let fastest = attack(one);
	for (let tries = 1; tries < TRIES && fastest.cpuMs > MOST_CPU_MS; tries++) {
		const again = attack(one);
		if (again.cpuMs < fastest.cpuMs) fastest = again;
	}
	return fastest;
}

describe("expressions that are meant to harm", () => {
	it("are at least 200, each another one", () => {
		const all = ATTACKS.map(({ expression, event }) => `${event} ${expression}`);
		expect(new Set(all).size).toBe(all.length);
		expect(all.length).toBeGreaterThanOrEqual(200);
	});

	it.each([...new Set(ATTACKS.map(({ aim }) => aim))])(
		"to %s are over within 50 ms of processor time and reach nothing",
		(aim) => {
			for (const one of ATTACKS.filter((other) => other.aim === aim)) {
				const before = process.memoryUsage().heapUsed;
				const { cpuMs, escapes } = withinTime(one);
				const where = one.expression.slice(0, 100);
				expect(escapes, where).toEqual([]);
				expect(cpuMs, where).toBeLessThanOrEqual(MOST_CPU_MS);
				expect(process.memoryUsage().heapUsed - before, where).toBeLessThan(MOST_MEMORY_BYTES);
			}
		},
	);

	it("find an event in which nothing can be written", () => {
		for (const one of ATTACKS) {
			const event = eventOf(one);
			expect(everyPart(event).every(Object.isFrozen)).toBe(true);
		}
	});

	it("come with events that are read as they are", () => {
		const { __proto__: own } = Object.getOwnPropertyDescriptors(parseExact(EVENTS.prototypes));
		expect(own?.enumerable).toBe(true);
	});
});

function everyPart(value: unknown): object[] {
	if (typeof value !== "object" || value === null) return [];
	return [value, ...Object.values(value).flatMap(everyPart)];
}
