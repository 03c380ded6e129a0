import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bothClients, type Clients } from "../support/trimmed/clients.ts";
import { outcomeOf } from "../support/trimmed/outcome.ts";
import {
	type Answer,
	answered,
	brokenOff,
	RESET,
	type Recorder,
	SILENCE,
	startRecorder,
} from "../support/trimmed/recorder.ts";

type Fields = Readonly<Record<string, unknown>>;
interface Iot {
	readonly default: new (
		config: unknown,
	) => Record<string, (request: unknown, runtime: Fields) => Promise<unknown>>;
	readonly [model: string]: new (fields: unknown) => unknown;
}
interface OpenApi {
	readonly Config: new (fields: Fields) => unknown;
}

const NOW = new Date("2026-03-01T12:00:00.123Z");
const SILENT_MS = 150;
const KEYS = { accessKeyId: "LTAI-example", accessKeySecret: "secret" };
const TEMPORARY = { ...KEYS, accessKeyId: "STS.example", securityToken: "token/+=" };
const ODD = 'ä *!\'()~\n{"x": 1.0}';

/** Every operation that the functions call, with a request and what may answer it. */
const OPERATIONS: Readonly<
	Record<string, readonly [model: string, request: Fields, data: Fields]>
> = {
	invokeThingService: [
		"InvokeThingServiceRequest",
		{ productKey: "a1", deviceName: ODD, identifier: "Set", args: ODD, iotInstanceId: "iot-1" },
		{ MessageId: "m", Result: ODD },
	],
	invokeThingsService: [
		"InvokeThingsServiceRequest",
		{ productKey: "a1", deviceName: [ODD, "b"], identifier: "Set", args: ODD },
		{},
	],
	getThingModelTsl: [
		"GetThingModelTslRequest",
		{ productKey: "a1", functionBlockId: "module" },
		{ TslStr: ODD, TslUri: "https://example.com" },
	],
	queryDeviceDetail: [
		"QueryDeviceDetailRequest",
		{ iotId: "i" },
		{ IotId: "i", ProductKey: "a1", DeviceName: "light", Owner: true, NodeType: "0", Unknown: 1 },
	],
	queryProductList: [
		"QueryProductListRequest",
		{ currentPage: 1, pageSize: 200 },
		{ Total: 1, List: { ProductInfo: [{ ProductKey: "a1", DeviceCount: 3 }] } },
	],
	queryDevice: [
		"QueryDeviceRequest",
		{ productKey: "a1", currentPage: 1, pageSize: 50, nextToken: ODD },
		{ DeviceInfo: [{ DeviceName: ODD, IotId: "i", DeviceStatus: "ONLINE" }] },
	],
	queryDeviceProp: ["QueryDevicePropRequest", { productKey: "a1", deviceName: ODD }, {}],
	queryDeviceGroupList: [
		"QueryDeviceGroupListRequest",
		{ currentPage: 2, pageSize: 200 },
		{ GroupInfo: [{ GroupId: "g", GroupName: ODD }] },
	],
	queryDeviceListByDeviceGroup: [
		"QueryDeviceListByDeviceGroupRequest",
		{ groupId: "g", currentPage: 1, pageSize: 50 },
		{ SimpleDeviceInfo: [{ ProductKey: "a1", DeviceName: ODD }] },
	],
};

const json = (status: number, body: Fields): Answer => answered(status, JSON.stringify(body));
const throttled = { Code: "Throttling.User", Message: "Request was denied", RequestId: "r" };
const xml = (text: string): Answer =>
	answered(400, text, { "content-type": "text/xml;charset=utf-8" });

const ANSWERS: Readonly<Record<string, Answer>> = {
	"a refusal with HTTP 200": json(200, {
		Success: false,
		Code: "iot.prod.NotExistedProduct",
		ErrorMessage: "no",
		RequestId: "r",
	}),
	"throttling with HTTP 400": json(400, throttled),
	"throttling with HTTP 429": json(429, throttled),
	"a denial with details": json(403, {
		...throttled,
		Code: "NoPermission",
		Description: "d",
		AccessDeniedDetail: { AuthAction: "a" },
	}),
	"names in small letters": json(503, {
		code: "ServiceUnavailable",
		message: "later",
		requestId: "r",
	}),
	"an error as XML": xml(
		`<?xml version="1.0"?>\n<Error a="b"><Code>Throttling</Code> <Message>a &lt; b &#xe4;</Message><Message><![CDATA[<c>]]></Message><None/></Error>`,
	),
	"a web page": answered(502, "<html>", { "content-type": "text/html" }),
	"a wrong type": json(200, { Success: "true", Code: 7, Data: "text" }),
	"a list": answered(200, "[]"),
	"nothing, with HTTP 200": answered(200, ""),
	"nothing, with HTTP 500": answered(500, ""),
	"half of an object": answered(200, '{"Success":'),
	"an answer that breaks off": brokenOff(json(200, { Success: true, Data: { MessageId: "m" } })),
	"a reset": RESET,
	silence: SILENCE,
};

describe("the trimmed client of IoT Platform", () => {
	let clients: Clients;
	let recorder: Recorder;
	beforeAll(async () => {
		clients = await bothClients();
		recorder = await startRecorder();
		vi.useFakeTimers({ toFake: ["Date"], now: NOW });
		vi.spyOn(Math, "random").mockReturnValue(0.123);
	});
	afterAll(async () => {
		vi.useRealTimers();
		vi.restoreAllMocks();
		await recorder.close();
	});

	async function run(of: Clients["whole"], operation: string, keys: Fields, answer: Answer) {
		const [model, fields] = OPERATIONS[operation] ?? [];
		const sdk = of("@alicloud/iot20180120") as Iot;
		const { Config } = of("@alicloud/openapi-client") as OpenApi;
		const Request = sdk[model ?? ""];
		if (!Request) throw new Error(`no ${model}`);
		const endpoint = `127.0.0.1:${recorder.port}`;
		const client = new sdk.default(
			new Config({ ...keys, endpoint, protocol: "http", regionId: "cn-shanghai" }),
		);
		recorder.answerWith(() => answer);
		const runtime = {
			readTimeout: answer === SILENCE ? SILENT_MS : 5_000,
			connectTimeout: answer === SILENCE ? 2 * SILENT_MS : 5_000,
			extendsParameters: { queries: { Qos: "1" } },
		};
		const outcome = await outcomeOf(async () =>
			client[`${operation}WithOptions`]?.(new Request(fields), runtime),
		);
		return { requests: recorder.taken(), outcome };
	}

	async function compare(operation: string, keys: Fields, answer: Answer) {
		const whole = await run(clients.whole, operation, keys, answer);
		const trimmed = await run(clients.trimmed, operation, keys, answer);
		expect(trimmed).toEqual(whole);
		expect(whole.requests).toHaveLength(1);
		return whole;
	}

	it("has the operations that are compared here, and no others", () => {
		const { default: Client } = clients.trimmed("@alicloud/iot20180120") as Iot;
		const names = Object.getOwnPropertyNames(Client.prototype).filter((name) =>
			name.endsWith("WithOptions"),
		);
		expect(names.sort()).toEqual(
			Object.keys(OPERATIONS)
				.map((name) => `${name}WithOptions`)
				.sort(),
		);
	});

	describe.each(Object.keys(OPERATIONS))("%s", (operation) => {
		it.each([
			["an access key", KEYS],
			["temporary credentials", TEMPORARY],
		])("signs and sends the same bytes with %s", async (_, keys) => {
			const data = OPERATIONS[operation]?.[2];
			const { requests, outcome } = await compare(
				operation,
				keys,
				json(200, { Success: true, RequestId: "r", Data: data }),
			);
			expect(requests[0]).toContain("ACS3-HMAC-SHA256");
			expect(outcome).toMatchObject({ value: { statusCode: 200, body: { success: true } } });
		});

		it.each(Object.entries(ANSWERS))("reads %s alike", async (_, answer) => {
			await compare(operation, KEYS, answer);
		});
	});

	it("fails on XML that is not well-formed, in words of its own", async () => {
		const answer = xml("<Error><Code>Throttling</Error>");
		const whole = await run(clients.whole, "getThingModelTsl", KEYS, answer);
		const trimmed = await run(clients.trimmed, "getThingModelTsl", KEYS, answer);
		for (const { outcome } of [whole, trimmed]) {
			expect(outcome).toEqual({
				kind: "Error",
				message: expect.stringMatching(/close tag|<\/Error>/),
			});
		}
	});

	it("says the same of a server that is not there", async () => {
		const gone = await startRecorder();
		await gone.close();
		const call = (of: Clients["whole"]) => {
			const sdk = of("@alicloud/iot20180120") as Iot;
			const { Config } = of("@alicloud/openapi-client") as OpenApi;
			const client = new sdk.default(
				new Config({ ...KEYS, endpoint: `127.0.0.1:${gone.port}`, protocol: "http" }),
			);
			return outcomeOf(async () => client["getThingModelTslWithOptions"]?.({}, {}));
		};
		const whole = await call(clients.whole);
		expect(await call(clients.trimmed)).toEqual(whole);
		expect(whole).toMatchObject({ code: "ECONNREFUSED" });
	});
});
