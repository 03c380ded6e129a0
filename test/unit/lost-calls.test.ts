import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certainReplies, type LostCall } from "../../shared/lifecycle/lost-calls.ts";

const call = (command: string, from: number, until: number): LostCall => ({ command, from, until });
const reply = (at: number) => ({ at });
const resolved = (calls: readonly LostCall[], replies: ReadonlyArray<{ at: number }>) =>
	[...certainReplies(calls, replies)].map(([{ command }, { at }]) => `${command}=${at}`).sort();

describe("replies that are certainly those of lost calls", () => {
	it.each([
		["one of one", [call("a", 0, 30)], [5], ["a=5"]],
		["none of two, where one is missing", [call("a", 0, 30), call("b", 2, 32)], [5], []],
		[
			"of two those that came before the second call",
			[call("a", 0, 30), call("b", 9, 39)],
			[5],
			["a=5"],
		],
		["both, in their order", [call("a", 0, 30), call("b", 2, 32)], [5, 7], ["a=5", "b=7"]],
		[
			"of three the one that has no other reply",
			[call("a", 0, 30), call("b", 40, 70), call("c", 41, 71)],
			[5, 45],
			["a=5"],
		],
		["none, where a reply is nobody's", [call("a", 0, 30)], [5, 6], []],
	])("are %s", (_, calls, times, expected) => {
		expect(resolved(calls, times.map(reply))).toEqual(expected);
	});

	const anyCase = fc.record({
		calls: fc.array(
			fc.record({ from: fc.integer({ min: 0, max: 20 }), length: fc.integer({ min: 0, max: 10 }) }),
			{ maxLength: 5 },
		),
		replies: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 5 }),
	});

	it("are those of every way of giving each reply to a call of its time", () => {
		fc.assert(
			fc.property(anyCase, ({ calls: given, replies: times }) => {
				const calls = given.map(({ from, length }, n) => call(String(n), from, from + length));
				const ways = waysOf(calls, times);
				const always = calls.filter(({ command }) => ways.every((way) => way.has(command)));
				const expected = ways.length === 0 ? [] : always.map(({ command }) => command);
				const found = [...certainReplies(calls, times.map(reply)).keys()];
				expect(found.map(({ command }) => command).sort()).toEqual(expected.sort());
			}),
			{ numRuns: 2_000 },
		);
	});
});

/** By trying all of them: in each, the calls that have a reply. */
function waysOf(calls: readonly LostCall[], [time, ...others]: readonly number[]): Set<string>[] {
	if (time === undefined) return [new Set()];
	return calls
		.filter(({ from, until }) => from <= time && time <= until)
		.flatMap((one) =>
			waysOf(
				calls.filter((other) => other !== one),
				others,
			).map((way) => new Set([...way, one.command])),
		);
}
