import fc from "fast-check";
import { expect, it } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";

/** `cancels` is the place of an earlier timer that is canceled when this one is set. */
const timers = fc.array(fc.record({ ms: fc.nat(50), cancels: fc.option(fc.nat()) }), {
	maxLength: 200,
});

it("timers fire in the order of their time, those of one millisecond as they were set, canceled ones never", async () => {
	await fc.assert(
		fc.asyncProperty(timers, async (wanted) => {
			const clock = new VirtualClock(0, async () => {});
			const fired: number[] = [];
			const canceled = new Set<number>();
			const cancels = wanted.map(({ ms }, index) => clock.after(ms, () => fired.push(index)));
			for (const { cancels: place } of wanted) {
				if (place === null) continue;
				canceled.add(place % wanted.length);
				cancels[place % wanted.length]?.();
			}
			expect(clock.pending).toBe(wanted.length - canceled.size);
			await clock.advance(100);
			const expected = wanted
				.map(({ ms }, index) => ({ ms, index }))
				.filter(({ index }) => !canceled.has(index))
				.sort((left, right) => left.ms - right.ms || left.index - right.index);
			expect(fired).toEqual(expected.map(({ index }) => index));
			expect(clock.pending).toBe(0);
		}),
	);
});

it("many timers that are canceled at once do not disturb the order of the others", async () => {
	const clock = new VirtualClock(0, async () => {});
	const fired: number[] = [];
	const cancels = Array.from({ length: 5_000 }, (_, index) =>
		clock.after(index % 7, () => fired.push(index)),
	);
	for (const [index, cancel] of cancels.entries()) if (index % 10 !== 0) cancel();
	expect(clock.pending).toBe(500);
	cancels[1]?.();
	expect(clock.pending).toBe(500);
	await clock.advance(10);
	const kept = Array.from({ length: 500 }, (_, index) => index * 10);
	expect(fired).toEqual(kept.sort((left, right) => (left % 7) - (right % 7) || left - right));
});

it("a timer that has fired cannot be canceled any more, and counts no more", async () => {
	const clock = new VirtualClock(0, async () => {});
	const cancel = clock.after(1, () => {});
	clock.after(5, () => {});
	await clock.advance(2);
	cancel();
	expect(clock.pending).toBe(1);
});
