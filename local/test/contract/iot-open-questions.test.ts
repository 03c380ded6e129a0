import { afterEach, expect, test } from "vitest";
import type { IotOptions } from "../../iot/index.ts";
import { type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

let cloud: IotCloud | undefined;
afterEach(async () => {
	await cloud?.close();
	cloud = undefined;
});

async function start(options: Partial<IotOptions>): Promise<IotCloud> {
	cloud = await startIotCloud({ devices: 3, ...options });
	return cloud;
}

/** "taken", or the code that the call was refused with. */
async function invokeAll(there: IotCloud, names: readonly string[]): Promise<string> {
	const parameters = {
		ProductKey: there.seed.productKey,
		Identifier: "Set",
		Args: "{}",
		...Object.fromEntries(names.map((name, index) => [`DeviceName.${index + 1}`, name])),
	};
	const call = there.pop({}).request("InvokeThingsService", parameters, { method: "POST" });
	return call.then(
		() => "taken",
		(error: { code?: string }) => String(error.code),
	);
}

const replies = (there: IotCloud) =>
	there.queues.messages.filter(({ topic }) => topic.endsWith("/thing/downlink/reply/message"));
const ids = (there: IotCloud) => replies(there).map(({ payload }) => String(payload["requestId"]));

test("one unknown name refuses the call, or only itself", async () => {
	const names = ["device-001", "nobody", "device-002"];
	const strict = await start({});
	expect(await invokeAll(strict, names)).toBe("iot.device.NotExistedDevice");
	await strict.close();
	const lenient = await start({ manyDevices: { unknownName: "skip" } });
	expect(await invokeAll(lenient, names)).toBe("taken");
	await lenient.queues.waitFor(() => replies(lenient).length === 2);
});

test.each([
	["once", "taken", 1],
	["twice", "taken", 2],
	["refuse", "iot.system.IllegalRequest", 0],
] as const)("a name that is given twice: %s", async (repeatedName, outcome, sent) => {
	const there = await start({ manyDevices: { repeatedName } });
	expect(await invokeAll(there, ["device-001", "device-001"])).toBe(outcome);
	await there.queues.waitFor(() => replies(there).length === sent);
});

test("each device has a message id of its own, or all have the same", async () => {
	const there = await start({ manyDevices: { messageIds: "shared", maxDevices: 2 } });
	expect(await invokeAll(there, ["device-001", "device-002"])).toBe("taken");
	await there.queues.waitFor(() => replies(there).length === 2);
	expect(new Set(ids(there)).size).toBe(1);
	const three = ["device-001", "device-002", "device-003"];
	expect(await invokeAll(there, three)).toBe("iot.device.TooManyDevicesPerTime");
});

test("the account's limits: messages to devices, of one device, of the subscription", async () => {
	const there = await start({
		quotaPerSecond: 1_000,
		limits: { downlinkPerSecond: 5, devicePerSecond: 3, subscriptionPerSecond: 4 },
	});
	await there.clock.advance(1_000);
	const before = there.queues.messages.length;
	const codes = await Promise.all(
		Array.from({ length: 6 }, async (_, index) => {
			const { body } = await there.invoke("Set", "{}", { device: index % 2 });
			return body.success ? "taken" : body.code;
		}),
	);
	expect(codes.toSorted()).toEqual(["iot.messagebroker.RateLimit", ...Array(5).fill("taken")]);
	// Three and two replies; the subscription carries four.
	await there.queues.waitFor(() => there.queues.messages.length === before + 4);
	await there.clock.advance(1_000);
	expect(there.queues.messages.length).toBe(before + 4);
});
