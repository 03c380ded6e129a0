import sdk, { RegisterDeviceRequest } from "@alicloud/iot20180120";
import Mns from "@alicloud/mns";
import { Config } from "@alicloud/openapi-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoints } from "../../local/index.ts";
import { RunningCloud } from "../support/cloud/running-cloud.ts";
import { TestDevice } from "../support/cloud/test-device.ts";

/** The bundles that would be deployed, in the local cloud as a person starts it. */
describe("the whole, over real sockets", () => {
	const cloud = new RunningCloud("--devices", "2");
	let endpoints: Endpoints;
	let device: TestDevice;
	let identity: Endpoints["devices"][number];
	let names: { productKey: string; deviceName: string };

	beforeAll(async () => {
		endpoints = await cloud.start();
		const [, second] = endpoints.devices;
		if (!second) throw new Error("there is no second device");
		identity = second;
		names = { productKey: second.productKey, deviceName: second.deviceName };
		device = new TestDevice(second);
		await device.connect(endpoints.mqtt);
	});
	afterAll(async () => {
		await device.disconnect();
		await cloud.remove();
	});

	const request = async (path: string, init: RequestInit & { key?: string } = {}) => {
		const response = await fetch(`${endpoints.http}${path}`, {
			...init,
			headers: {
				authorization: `Bearer ${init.key ?? endpoints.apiKey}`,
				...(init.body ? { "content-type": "application/json" } : {}),
				...init.headers,
			},
		});
		const text = await response.text();
		return { status: response.status, text, body: JSON.parse(text) };
	};
	const post = (body: string, headers: Record<string, string> = {}) =>
		request("/v1/commands", { method: "POST", body, headers });
	const command = (fields: object) => JSON.stringify({ device: names, ...fields });

	it("a request twenty times at once with one key reaches the device once", async () => {
		const body = command({ service: "Set", args: { param1: 20 } });
		const answers = await Promise.all(
			Array.from({ length: 20 }, () =>
				post(body, { "idempotency-key": "twenty", prefer: "wait=20" }),
			),
		);
		expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
		expect(answers.every(({ status, body }) => status === 200 && body.state === "succeeded")).toBe(
			true,
		);
		expect(device.received.filter(({ params }) => params === '{"param1":20}')).toHaveLength(1);
	});

	it("arguments arrive as the thing model wants them, and text byte for byte", async () => {
		const device = JSON.stringify(names);
		const args = '{"temperature":10,"level":1e2,"param1":3.0,"big":"9007199254740993"}';
		await post(`{"device":${device},"service":"Set","args":${args}}`, { prefer: "wait=20" });
		expect(received().at(-1)).toBe(
			'{"temperature":10.0,"level":100.0,"param1":3,"big":"9007199254740993"}',
		);
		const raw = ' {"temperature" : 10.00 }';
		await post(command({ service: "Set", args: raw }), { prefer: "wait=20" });
		expect(received().at(-1)?.trim()).toBe(raw.trim());
	});

	it("a synchronous service is called by iotId, and its Result is kept", async () => {
		const body = JSON.stringify({
			device: { iotId: identity.iotId, productKey: "wrong", deviceName: "wrong" },
			service: "Get",
		});
		const answer = await post(body, { prefer: "wait=20" });
		expect(answer.body).toMatchObject({ state: "succeeded", reply: { code: 200 } });
		expect(JSON.parse(answer.body.answer.result)).toMatchObject({ code: 200 });
		const history = await request(`/v1/commands?iotId=${identity.iotId}`);
		expect(history.body.commands[0].id).toBe(answer.body.id);
		expect(history.body.commands.length).toBeGreaterThan(1);
	});

	it("messages of the queue are sent, and noise among them is a dead letter with its reason", async () => {
		const { accountId, accessKeyId, accessKeySecret, mns, queues } = endpoints;
		const client = new Mns(accountId, { accessKeyId, accessKeySecret, endpoint: mns });
		const bodies = [
			command({ service: "Set", args: { param1: 31 } }),
			"noise",
			command({ service: "Set", args: { param1: 32 } }),
		];
		await client.batchSendMessage(
			queues.commands,
			bodies.map((body) => ({ MessageBody: Buffer.from(body).toString("base64") })),
		);
		await expect.poll(received, { timeout: 20_000 }).toContain('{"param1":32}');
		await expect.poll(received, { timeout: 20_000 }).toContain('{"param1":31}');
		await expect
			.poll(async () => (await request("/v1/dead-letters")).body.deadLetters, { timeout: 20_000 })
			.toMatchObject([{ text: "noise", reason: expect.stringContaining("not a JSON object") }]);
	});

	it("a command for a device that is offline waits for it", async () => {
		const { accessKeyId, accessKeySecret, iot, region } = endpoints;
		const endpoint = new URL(iot).host;
		const config = { accessKeyId, accessKeySecret, endpoint, protocol: "http", regionId: region };
		const client = new sdk.default(new Config(config));
		const { productKey } = names;
		const late = { productKey, deviceName: "late" };
		const { body } = await client.registerDevice(new RegisterDeviceRequest(late));
		const secret = { ...late, deviceSecret: body.data?.deviceSecret ?? "" };
		const parked = await post(
			JSON.stringify({ device: late, service: "Get", whenOffline: "wait" }),
			{ prefer: "wait=1" },
		);
		expect(parked).toMatchObject({ status: 202, body: { state: "waiting" } });
		const arriving = new TestDevice(secret);
		await arriving.connect(endpoints.mqtt);
		await expect
			.poll(async () => (await request(`/v1/commands/${parked.body.id}`)).body.state, {
				timeout: 20_000,
			})
			.toBe("succeeded");
		expect(arriving.received).toHaveLength(1);
		await arriving.disconnect();
	});

	it("bad input is answered in words, never with 500", async () => {
		const statuses = [
			(await post("{")).status,
			(await post("x".repeat(100_000))).status,
			(await request("/v1/commands", { key: "wrong" })).status,
			(await request("/v1/commands?cursor=%00")).status,
			(await request("/nowhere")).status,
			(await request("/v1/commands", { method: "PATCH", body: "{}" })).status,
		];
		expect(statuses).toEqual([400, 413, 401, 400, 404, 405]);
	});

	it("no secret stands in what it printed", () => {
		const printed = cloud.lines.slice(cloud.lines.findIndex((line) => line.includes("Ctrl+C")));
		for (const secret of [endpoints.apiKey, endpoints.accessKeySecret, identity.deviceSecret]) {
			expect(printed.join("\n")).not.toContain(secret);
		}
	});

	const received = () => device.received.map(({ params }) => params);
});
