import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

let cloud: IotCloud;
beforeAll(async () => {
	cloud = await startIotCloud({ quotaPerSecond: 1_000_000 }); // time stands still here
});
afterEach(() => cloud.iot.setFaults({}));
afterAll(() => cloud.close());

const received = () => cloud.fleet.received.length;
const outcome = () =>
	cloud.invoke("Set").then(
		({ body }) => (body.success ? "taken" : body.code),
		(error: { code?: string; name: string }) => error.code ?? error.name,
	);

test("an error of the platform and one of the gateway, before or after the device has it", async () => {
	cloud.iot.setFaults({ errors: [{ code: "iot.system.SystemException", share: 1 }] });
	const before = received();
	expect(await outcome()).toBe("iot.system.SystemException");
	cloud.iot.setFaults({ errors: [{ code: "ServiceUnavailable", share: 1, status: 503 }] });
	expect(await outcome()).toBe("ServiceUnavailable");
	expect(received()).toBe(before);
	cloud.iot.setFaults({
		errors: [{ code: "InternalError", share: 1, status: 500, stage: "after" }],
	});
	expect(await outcome()).toBe("InternalError");
	await cloud.fleet.waitFor((entry) => cloud.fleet.received.indexOf(entry) === before);
});

test("shares and actions", async () => {
	cloud.iot.setFaults({ errors: [{ code: "Throttling.Api", share: 0.5 }] });
	const outcomes = new Set(await Promise.all(Array.from({ length: 60 }, outcome)));
	expect([...outcomes].toSorted()).toEqual(["Throttling.Api", "taken"]);
	cloud.iot.setFaults({ actions: ["QueryDevice"], errors: [{ code: "Throttling.Api", share: 1 }] });
	await cloud.clock.advance(1000);
	expect(await outcome()).toBe("taken");
});

test("a reset connection and an answer that breaks off, with the device having it", async () => {
	await cloud.invoke("Get"); // whatever was sent before has arrived
	const before = received();
	cloud.iot.setFaults({ reset: { share: 1 } });
	expect(await outcome()).toBe("ECONNRESET");
	cloud.iot.setFaults({ truncate: { share: 1 } });
	expect(await outcome()).not.toBe("taken");
	await cloud.fleet.waitFor((entry) => cloud.fleet.received.indexOf(entry) === before + 1);
	cloud.iot.setFaults({ reset: { share: 1, stage: "before" } });
	expect(await outcome()).toBe("ECONNRESET");
	cloud.iot.setFaults({});
	await cloud.invoke("Get"); // whatever was sent has arrived before this
	expect(received()).toBe(before + 3);
});

test("latency, by the clock", async () => {
	await cloud.invoke("Get");
	cloud.iot.setFaults({ latencyMs: { min: 700, max: 700 } });
	const before = received();
	let settled = false;
	const call = outcome().finally(() => {
		settled = true;
	});
	await cloud.fleet.waitFor((entry) => cloud.fleet.received.indexOf(entry) === before);
	await cloud.clock.advance(699);
	expect(settled).toBe(false);
	await cloud.clock.advance(1);
	expect(await call).toBe("taken");
});

test("a hanging call never ends by itself", async () => {
	await cloud.invoke("Get");
	cloud.iot.setFaults({ hang: { share: 1 } });
	const before = received();
	let settled = false;
	const call = outcome().finally(() => {
		settled = true;
	});
	await cloud.fleet.waitFor((entry) => cloud.fleet.received.indexOf(entry) === before);
	await cloud.clock.advance(3_600_000);
	expect(settled).toBe(false);
	await cloud.restart(); // closes the connection
	expect(await call).toBe("ECONNRESET");
});

test("dropped MQTT connections come back", async () => {
	const seen = cloud.queues.messages.length;
	cloud.iot.dropMqtt();
	const since = (status: string) =>
		cloud.queues.messages.slice(seen).filter(({ payload }) => payload["status"] === status).length;
	await cloud.queues.waitFor(() => since("offline") === 2);
	while (since("online") < 2) await cloud.clock.advance(100);
	expect(cloud.fleet.devices.some(({ displaced }) => displaced)).toBe(false);
});
