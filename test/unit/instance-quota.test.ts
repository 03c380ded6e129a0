import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import type { Lane } from "../../shared/command/command.ts";
import { InstanceQuota } from "../../shared/quota/instance-quota.ts";

const FOREVER = Number.POSITIVE_INFINITY;

describe("an instance's quota", () => {
	it("lets no more calls pass in any second than the limit and its burst", async () => {
		const clock = new VirtualClock();
		const quota = new InstanceQuota(500, clock);
		const times: number[] = [];
		for (let n = 0; n < 3_000; n++) quota.take("bulk", FOREVER).then(() => times.push(clock.now()));
		await clock.advance(10_000);
		expect(times).toHaveLength(3_000);
		for (const [index, time] of times.entries()) {
			const after = times.slice(index).findIndex((other) => other > time + 1_000);
			expect(after === -1 ? 0 : after).toBeLessThanOrEqual(551);
		}
		const [first = 0] = times;
		const last = times.at(-1) ?? 0;
		expect(last - first).toBeLessThanOrEqual(6_000);
	});

	it("serves interactive calls before bulk ones that came earlier", async () => {
		const clock = new VirtualClock();
		const quota = new InstanceQuota(10, clock);
		const order: Lane[] = [];
		for (const lane of ["bulk", "bulk", "bulk", "interactive", "interactive"] as const) {
			quota.take(lane, FOREVER).then(() => order.push(lane));
		}
		await clock.advance(1_000);
		expect(order).toEqual(["bulk", "interactive", "interactive", "bulk", "bulk"]);
	});

	it("tells those who can wait no longer", async () => {
		const clock = new VirtualClock();
		const quota = new InstanceQuota(1, clock);
		const answers = await clock.run(
			Promise.all([0, 500, 2_500, 2_600].map((ms) => quota.take("bulk", clock.now() + ms))),
		);
		expect(answers).toEqual([true, false, true, true]);
	});
});
