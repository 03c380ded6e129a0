import { GetThingModelTslRequest } from "@alicloud/iot20180120";
import { afterEach, describe, expect, test } from "vitest";
import type { ThrottleModel } from "../../iot/index.ts";
import { type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

const CALLS = 1_500;
const QUOTA_PER_SECOND = 500;

let cloud: IotCloud;
afterEach(() => cloud.close());

/** How many of `count` calls at one instant are taken; the others must all be throttled. */
async function burst(count: number): Promise<number> {
	const results = await Promise.allSettled(
		Array.from({ length: count }, (_, n) => cloud.invoke("Set", `{"param1":${n}}`)),
	);
	let taken = 0;
	for (const result of results) {
		if (result.status === "fulfilled") {
			expect(result.value.body.success).toBe(true);
			taken++;
		} else {
			expect(result.reason).toMatchObject({ code: "Throttling.User", statusCode: 400 });
		}
	}
	return taken;
}

describe("1,500 calls at once against 500 a second", () => {
	test("fixed window: 500 in each second of the clock", async () => {
		cloud = await startIotCloud({ throttle: "fixed-window" });
		await cloud.clock.advance(1000 - (cloud.clock.now() % 1000));
		expect(await burst(CALLS)).toBe(QUOTA_PER_SECOND);
		await cloud.clock.advance(999);
		expect(await burst(10)).toBe(0);
		await cloud.clock.advance(1);
		expect(await burst(CALLS - QUOTA_PER_SECOND)).toBe(QUOTA_PER_SECOND);
	});

	test("token bucket: 50 at once, then 50 more every tenth of a second", async () => {
		cloud = await startIotCloud({ throttle: "token-bucket" });
		expect(await burst(CALLS)).toBe(50);
		for (let tenth = 0; tenth < 5; tenth++) {
			await cloud.clock.advance(100);
			expect(await burst(70)).toBe(50);
		}
		await cloud.clock.advance(2);
		expect(await burst(3)).toBe(1);
		await cloud.clock.advance(60_000); // a long quiet while saves up no more than the burst
		expect(await burst(70)).toBe(50);
	});
});

test.each<ThrottleModel>(["token-bucket", "fixed-window"])(
	"every operation has its own limit (%s)",
	async (throttle) => {
		cloud = await startIotCloud({ throttle, quotaPerSecond: 5 });
		await cloud.clock.advance(1000 - (cloud.clock.now() % 1000));
		expect(await burst(20)).toBe(5);
		const client = cloud.sdk();
		const { productKey } = cloud.seed;
		const models = await Promise.allSettled(
			Array.from({ length: 30 }, () =>
				client.getThingModelTsl(new GetThingModelTslRequest({ productKey })),
			),
		);
		expect(models.filter(({ status }) => status === "fulfilled").length).toBe(20);
	},
);
