import { describe, expect, it } from "vitest";
import {
	type Book,
	callTimes,
	endOf,
	evenTimes,
	type Member,
	secondOf,
} from "../../shared/quota/book.ts";
import { drawUp } from "../../shared/quota/draw-up.ts";
import { plannable, staticShare } from "../../shared/quota/reserve.ts";

const LIMITS = { perSecond: 500, share: 1, maxInstances: 20 };
const NOW = Date.UTC(2026, 0, 1) + 300;

function member(instance: string, more: Partial<Member> = {}): Member {
	return {
		instance,
		at: NOW,
		wishes: { interactive: 0, bulk: 200 },
		sent: 0,
		throttled: 0,
		reserveWanted: 0,
		roundTripMs: 10,
		usage: [],
		...more,
	};
}

const me = member("me");
const first = (others: readonly Member[], by = me) => drawUp(undefined, by, others, NOW, LIMITS);

/** Draws up once more, when it is time for that. */
function next(book: Book, others: readonly Member[], more: Partial<Member> = {}): Book {
	const now = endOf(book) - book.leadMs;
	return drawUp(book, member("me", { at: now, ...more }), others, now, LIMITS);
}

const grantsIn = (book: Book, after: number) =>
	book.slices.filter(({ from }) => from >= after).flatMap(({ grants }) => grants);
const callsOf = (book: Book, instance: string, after = 0) =>
	grantsIn(book, after)
		.filter((grant) => grant.instance === instance)
		.reduce((sum, { calls }) => sum + calls, 0);

describe("drawing up the plan", () => {
	it("continues it without a gap and without an overlap, each slice within one second", () => {
		let book = first([]);
		for (let n = 0; n < 5; n++) book = next(book, []);
		for (const [index, { from, to }] of book.slices.entries()) {
			expect(secondOf(from)).toBe(secondOf(to - 1));
			const before = book.slices[index - 1];
			if (before) expect(from).toBe(before.to);
		}
		expect(endOf(book) % 1_000).toBe(0);
	});

	it("goes on where an older word of somebody is read after a newer one", () => {
		const other = (reserveWanted: number, at: number) => member("other", { reserveWanted, at });
		let book = first([other(1_000, NOW)]);
		for (let n = 0; n < 5; n++) {
			book = next(book, [other(0, NOW - 100)], { reserveWanted: 0 });
			expect(Number.isFinite(book.reserveDemand)).toBe(true);
			expect(callsOf(book, "me", endOf(book) - 1_000)).toBeGreaterThan(100);
		}
		// Also one that says so at a later time: its process began anew.
		book = next(book, [other(0, endOf(book))]);
		expect(book.reserveDemand).toBeGreaterThanOrEqual(0);
	});

	it("plans nothing for the time that its writing takes", () => {
		const slow = member("me", { roundTripMs: 800 });
		expect(first([], slow).slices[0]?.from).toBe(NOW + 800);
	});

	it("reaches farther where the table is slow: three round trips before its end it is time for the next", () => {
		const near = next(first([]), []);
		const far = next(first([], member("me", { roundTripMs: 800 })), [], { roundTripMs: 800 });
		expect(near.leadMs).toBeLessThan(200);
		expect(far.leadMs).toBeGreaterThan(2_400);
		expect(endOf(far) - far.writtenAt).toBeGreaterThan(far.leadMs + 1_600);
		const slowOther = next(first([]), [member("b", { roundTripMs: 600 })]);
		expect(slowOther.leadMs).toBeGreaterThan(1_800);
	});

	it("spreads all calls evenly over a slice, those of one instance between those of the others", () => {
		const book = first(["a", "b", "c"].map((name) => member(name)));
		const slice = book.slices[0];
		if (!slice) throw new Error("there is no slice");
		const times = slice.grants
			.flatMap(({ instance }) => callTimes(slice, instance))
			.sort((left, right) => left - right);
		const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
		expect(Math.max(...gaps)).toBeLessThanOrEqual((3 * (slice.to - slice.from)) / times.length);
		expect(times[0]).toBeGreaterThanOrEqual(slice.from);
		expect(times.at(-1)).toBeLessThan(slice.to);
	});

	it("gives what interactive commands wish for before any bulk", () => {
		const book = next(first([]), [
			member("a", { wishes: { interactive: 300, bulk: 0 } }),
			member("b", { wishes: { interactive: 0, bulk: 1_000 } }),
		]);
		const seconds = (endOf(book) - NOW) / 1_000;
		expect(callsOf(book, "a") / seconds).toBeGreaterThan(200);
		expect(callsOf(book, "b")).toBeGreaterThan(0);
	});

	it("grants an instance that fell silent its static share, which it may be using, and in the end nothing", () => {
		const wishes = { interactive: 0, bulk: 5_000 };
		const calls = (ago: number) => {
			const book = first([member("b", { at: NOW - ago, wishes })], member("me", { wishes }));
			const later = next(book, []);
			return callsOf(
				drawUp(later, me, [member("b", { at: NOW - ago, wishes })], endOf(later) - 150, LIMITS),
				"b",
				endOf(later),
			);
		};
		expect(calls(0)).toBeGreaterThan(200);
		expect(calls(3_000)).toBe(Math.round(staticShare(LIMITS)));
		expect(calls(13_000)).toBe(0);
	});

	it("takes nobody for dead who could not be heard because there was no plan", () => {
		const before = next(first([member("b")]), [member("b")]);
		const now = endOf(before) + 8_000;
		const after = drawUp(before, member("me", { at: now }), [member("b")], now, LIMITS);
		expect(callsOf(after, "b", now)).toBeGreaterThan(0);
	});

	it("counts what one said last, in a row or as the leader", () => {
		const book = next(first([]), []);
		const gone = member("me", { at: book.writtenAt + 1, wishes: { interactive: 0, bulk: 0 } });
		const end = endOf(book);
		const after = drawUp(book, member("b", { at: end - 100 }), [gone], end - 100, LIMITS);
		expect(after.leader.instance).toBe("b");
		expect(callsOf(after, "me", end)).toBe(0);
		expect(callsOf(after, "b", end)).toBeGreaterThan(400);
	});

	it("goes on with the rate that was found before, for a minute", () => {
		const book = first([]);
		const rate = {
			perSecond: 350,
			cut: { at: endOf(book), perSecond: 350, confirmed: true },
			traffic: [],
		};
		const at = (ms: number) =>
			drawUp({ ...book, rate }, me, [], endOf(book) + ms, LIMITS).rate.perSecond;
		expect(at(1_000)).toBe(350);
		expect(at(61_000)).toBeGreaterThan(490);
	});

	it("static shares of all instances add up to what can be planned", () => {
		let calls = 0;
		for (let index = 0; index < LIMITS.maxInstances; index++) {
			const phase = index / LIMITS.maxInstances;
			calls += evenTimes(NOW, NOW + 10_000, staticShare(LIMITS), phase).length;
		}
		expect(calls).toBe(plannable(LIMITS) * 10);
	});
});
