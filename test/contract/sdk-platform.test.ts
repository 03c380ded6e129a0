import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	deviceAt,
	type IotCloud,
	startIotCloud,
	TEST_ACCOUNT,
} from "../../local/test/support/iot/iot-cloud.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Credentials } from "../../shared/credentials.ts";
import { openPlatform } from "../../shared/iot/sdk-platform.ts";
import { verdictOf } from "../../shared/iot/verdict.ts";

/** The adapter and the vendor's SDK below it, against the local IoT Platform. */
describe("the platform's adapter", () => {
	let cloud: IotCloud;
	let credentials: Credentials = TEST_ACCOUNT.credentials;
	const platform = (endpoint = cloud.iot.url, syncTimeout = 5) =>
		openPlatform(
			{ IOT_ENDPOINT: endpoint, FC_REGION: "cn-shanghai", SYNC_TIMEOUT_SECONDS: syncTimeout },
			{ credentials: () => credentials, clock: systemClock },
		);
	const device = () => {
		const { productKey, deviceName } = deviceAt(cloud.seed, 0);
		return { productKey, deviceName };
	};
	const call = (service: string, args = "{}", qos: 0 | 1 = 0) =>
		platform().invokeService({ device: device(), service, args, qos });

	beforeAll(async () => {
		cloud = await startIotCloud({ devices: 1 });
	});
	afterAll(() => cloud.close());

	it("keeps every field of a synchronous service's answer", async () => {
		const result = await call("Get");
		expect(result).toMatchObject({
			kind: "taken",
			answer: { success: true, requestId: expect.any(String), messageId: expect.any(String) },
		});
		if (result.kind !== "taken") return;
		expect(JSON.parse(result.answer.result ?? "")).toMatchObject({ code: 200 });
	});

	it("has only a message id of an asynchronous one, and passes arguments byte for byte", async () => {
		const args = '{ "param1" : 7,"temperature":10.0 }';
		const arrived = cloud.fleet.waitFor(({ params }) => params === args);
		const result = await call("Set", args, 1);
		expect(result.kind === "taken" && result.answer.result).toBeUndefined();
		expect((await arrived).service).toBe("Set");
	});

	it("reads the iotId alone when both names of a device are given", async () => {
		const { iotId } = deviceAt(cloud.seed, 0);
		const named = { iotId, productKey: "nobody's", deviceName: "nobody" };
		const result = await platform().invokeService({
			device: named,
			service: "Get",
			args: "{}",
			qos: 0,
		});
		expect(result.kind).toBe("taken");
	});

	it("fetches thing models and identities", async () => {
		const { productKey, deviceName, iotId } = deviceAt(cloud.seed, 0);
		const model = JSON.parse(await platform().thingModel(productKey, undefined));
		expect(model.services.map(({ identifier }: { identifier: string }) => identifier)).toContain(
			"Set",
		);
		expect(await platform().identify({ iotId })).toEqual({ iotId, productKey, deviceName });
		await expect(platform().thingModel("nobody's", undefined)).rejects.toThrow("GetThingModelTsl");
	});

	it("says of what cannot be made into a request that it was not sent, and asks nobody", async () => {
		const bad = "\ud800";
		const call = { device: device(), service: "Set", args: "{}", qos: 0 } as const;
		for (const wrong of [{ device: { iotId: bad } }, { service: bad }, { args: bad }]) {
			const result = await platform("http://127.0.0.1:1").invokeService({ ...call, ...wrong });
			expect(result).toMatchObject({ kind: "unsendable", code: "Unsendable" });
			expect(verdictOf(result)).toBe("permanent");
		}
		await expect(platform().identify({ iotId: bad })).rejects.toMatchObject({
			result: { kind: "unsendable" },
		});
	});

	it.each([
		[
			"a device that there is not",
			"permanent",
			() =>
				platform().invokeService({
					device: { iotId: "nobody" },
					service: "Get",
					args: "{}",
					qos: 0,
				}),
		],
		["arguments of a wrong type", "permanent", () => call("Set", '{"param1":"x"}')],
		["a float without a decimal point", "permanent", () => call("Set", '{"temperature":10}')],
		[
			"a server that is not there",
			"not-sent",
			() =>
				platform("http://127.0.0.1:9").invokeService({
					device: device(),
					service: "Get",
					args: "{}",
					qos: 0,
				}),
		],
		[
			"a host that is not there",
			"not-sent",
			() =>
				platform("http://nobody.invalid").invokeService({
					device: device(),
					service: "Get",
					args: "{}",
					qos: 0,
				}),
		],
	] as const)("judges %s as %s", async (_, verdict, run) => {
		expect(verdictOf(await run())).toBe(verdict);
	});

	it.each([
		[
			"throttled",
			{ errors: [{ code: "Throttling.User", share: 1, status: 400, stage: "before" }] },
			"throttled",
		],
		["a system error", { errors: [{ code: "iot.system.SystemException", share: 1 }] }, "transient"],
		[
			"unavailable",
			{ errors: [{ code: "ServiceUnavailable", share: 1, status: 503 }] },
			"transient",
		],
		[
			"a timeout of the broker",
			{ errors: [{ code: "iot.messagebroker.TIMEOUT", share: 1 }] },
			"unknown",
		],
		["a reset", { reset: { share: 1 } }, "unknown"],
		["an answer that breaks off", { truncate: { share: 1 } }, "unknown"],
	] as const)("judges %s for what it is", async (_, faults, verdict) => {
		cloud.iot.setFaults(faults);
		try {
			expect(verdictOf(await call("Set"))).toBe(verdict);
		} finally {
			cloud.iot.setFaults({});
		}
	});

	it("signs with the credentials of the moment, temporary ones as well", async () => {
		credentials = cloud.account.issueTemporary(cloud.clock.now() + 3_600_000);
		expect((await call("Get")).kind).toBe("taken");
		credentials = cloud.account.issueTemporary(cloud.clock.now() - 1);
		const expired = await call("Get");
		expect(expired.kind).toBe("refused");
		expect(verdictOf(expired)).toBe("transient");
		credentials = TEST_ACCOUNT.credentials;
		expect((await call("Get")).kind).toBe("taken");
	});
});

describe("the platform's adapter, facing an answer that is none", () => {
	let server: Server;
	let answer: (url: string) => { status: number; body: string } | undefined;
	beforeAll(async () => {
		server = createServer((request, response) => {
			const said = answer(request.url ?? "");
			// Without an answer the request hangs, as with a server that took it and died.
			if (!said) return;
			response.writeHead(said.status, { "content-type": "application/json" });
			response.end(said.body);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	});
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});
	const invoke = () => {
		const { port } = server.address() as AddressInfo;
		return openPlatform(
			{
				IOT_ENDPOINT: `http://127.0.0.1:${port}`,
				FC_REGION: "cn-shanghai",
				SYNC_TIMEOUT_SECONDS: 5,
			},
			{ credentials: () => TEST_ACCOUNT.credentials, clock: systemClock },
		).invokeService({ device: { iotId: "i" }, service: "Get", args: "{}", qos: 1 });
	};

	it.each([
		["an empty body", 200, "", "unknown"],
		["half of a body", 200, '{"Data":', "unknown"],
		["a web page with 502", 502, "<html>", "unknown"],
		["an object that says nothing", 200, "{}", "unknown"],
		[
			"a refusal with HTTP 200",
			200,
			'{"Success":false,"Code":"iot.prod.NotExistedProduct","ErrorMessage":"no"}',
			"permanent",
		],
		[
			"a refusal with HTTP 403",
			403,
			'{"Code":"iot.common.RamActionPermissionDeny","Message":"no"}',
			"permanent",
		],
		[
			"a code in other capitals",
			200,
			'{"Success":false,"Code":"IOT.MESSAGEBROKER.RATELIMIT","ErrorMessage":"no"}',
			"throttled",
		],
	])("judges %s right", async (_, status, body, verdict) => {
		answer = () => ({ status, body });
		expect(verdictOf(await invoke())).toBe(verdict);
	});

	it("passes on the quality of service", async () => {
		let asked = "";
		answer = (url) => {
			asked = url;
			return { status: 200, body: '{"Success":true,"Data":{"MessageId":"m"}}' };
		};
		await invoke();
		expect(new URL(asked, "http://x").searchParams.get("Qos")).toBe("1");
	});
});
