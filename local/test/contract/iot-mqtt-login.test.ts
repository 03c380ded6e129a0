import { createHmac } from "node:crypto";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mqttLogin } from "../../devices/index.ts";
import { deviceAt, type IotCloud, startIotCloud } from "../support/iot/iot-cloud.ts";

let cloud: IotCloud;
const open: MqttClient[] = [];
beforeAll(async () => {
	cloud = await startIotCloud({ online: false });
});
afterEach(async () => {
	await Promise.all(open.splice(0).map((client) => client.endAsync(true)));
});
afterAll(() => cloud.close());

/** Resolves with the client, or with the return code of CONNACK. */
function login(options: IClientOptions): Promise<MqttClient | number> {
	const client = mqtt.connect(cloud.iot.mqttUrl, { reconnectPeriod: 0, ...options });
	open.push(client);
	return new Promise((resolve) => {
		client.once("connect", () => resolve(client));
		client.once("error", (error) => resolve("code" in error ? Number(error.code) : -1));
	});
}

async function loggedIn(options: IClientOptions): Promise<MqttClient> {
	const client = await login(options);
	if (typeof client === "number") throw new Error(`refused with ${client}`);
	return client;
}

const closed = (client: MqttClient) =>
	new Promise<void>((resolve) => {
		if (client.connected) client.once("close", () => resolve());
		else resolve();
	});

/** What the documentation's formula gives for the parameters of the client id. */
function credentials(index: number, id: string, extension: string, content = ""): IClientOptions {
	const { productKey, deviceName, deviceSecret } = deviceAt(cloud.seed, index);
	const method = /signmethod=hmac(\w+)/.exec(extension)?.[1] ?? "md5";
	const text = `clientId${id}deviceName${deviceName}productKey${productKey}${content}`;
	return {
		clientId: `${id}|${extension}|`,
		username: `${deviceName}&${productKey}`,
		password: createHmac(method, deviceSecret).update(text).digest("hex"),
	};
}

describe("the password rule", () => {
	test.each([
		["hmacsha1", "securemode=3,signmethod=hmacsha1,timestamp=789", "timestamp789"],
		[
			"hmacsha256",
			"securemode=3,signmethod=hmacsha256,timestamp=1700000000000",
			"timestamp1700000000000",
		],
		["hmacmd5", "securemode=3,signmethod=hmacmd5,timestamp=789", "timestamp789"],
		["securemode 2", "securemode=2,signmethod=hmacsha256,timestamp=1", "timestamp1"],
		["no timestamp", "securemode=3,signmethod=hmacsha256", ""],
		[
			"parameters of an SDK",
			"timestamp=9,_ss=1,_v=sdk-c-4.1.0,securemode=2,signmethod=hmacsha256,ext=3,_conn=tls,",
			"timestamp9",
		],
	])("%s", async (_name, extension, content) => {
		expect(typeof (await login(credentials(0, "mac-1", extension, content)))).toBe("object");
	});

	test("in capitals, as some firmware writes it", async () => {
		const right = credentials(0, "mac-1", "securemode=3,signmethod=hmacsha1");
		const password = String(right.password).toUpperCase();
		expect(typeof (await login({ ...right, password }))).toBe("object");
	});

	test("refuses everything else", async () => {
		const right = credentials(
			0,
			"mac-1",
			"securemode=3,signmethod=hmacsha1,timestamp=5",
			"timestamp5",
		);
		expect(await login({ ...right, password: "0".repeat(40) })).toBe(4);
		expect(
			await login({ ...right, clientId: "mac-2|securemode=3,signmethod=hmacsha1,timestamp=5|" }),
		).toBe(4);
		expect(
			await login({ ...right, clientId: "mac-1|securemode=3,signmethod=hmacsha1,timestamp=6|" }),
		).toBe(4);
		const other = deviceAt(cloud.seed, 1);
		expect(await login({ ...right, username: `${other.deviceName}&${other.productKey}` })).toBe(4);
		expect(await login({ ...right, username: `nobody&${other.productKey}` })).toBe(4);
		expect(await login({ ...right, clientId: "mac-1" })).toBe(2);
		expect(await login({ ...right, clientId: "mac-1|securemode=3,signmethod=rot13|" })).toBe(2);
	});
});

test("one connection per device: the older is closed, and the queue tells it in order", async () => {
	const { iotId, productKey, deviceName } = deviceAt(cloud.seed, 1);
	const own = () => cloud.queues.messages.filter(({ payload }) => payload["iotId"] === iotId);
	const older = await loggedIn(credentials(1, "first", "securemode=3,signmethod=hmacsha1"));
	const olderClosed = closed(older);
	const newer = await loggedIn(credentials(1, "second", "securemode=3,signmethod=hmacsha256"));
	await olderClosed;
	expect(newer.connected).toBe(true);
	await newer.endAsync();
	await cloud.queues.waitFor(() => own().length === 4);
	const messages = own();
	expect(messages.map(({ payload }) => payload["status"])).toEqual([
		"online",
		"offline",
		"online",
		"offline",
	]);
	const times = messages.map(({ payload }) => Date.parse(String(payload["utcLastTime"])));
	expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
	expect(messages[0]).toMatchObject({
		messagetype: "status",
		topic: `/as/mqtt/status/${productKey}/${deviceName}`,
		timestamp: Math.floor(cloud.clock.now() / 1000),
	});
	const [first] = messages;
	expect(Object.keys(first?.payload ?? {}).toSorted()).toEqual(
		"clientIp deviceName iotId lastTime productKey status time utcLastTime utcTime".split(" "),
	);
	const utc = Date.parse(String(first?.payload["utcTime"]));
	expect(Date.parse(`${String(first?.payload["time"]).replace(" ", "T")}+08:00`)).toBe(utc);
	expect(new Set(cloud.queues.messages.map(({ messageid }) => messageid)).size).toBe(
		cloud.queues.messages.length,
	);
});

describe("topics", () => {
	const connect = () => loggedIn(mqttLogin(deviceAt(cloud.seed, 0), "topics", 1));

	test("a device subscribes to its own only", async () => {
		const { productKey, deviceName } = deviceAt(cloud.seed, 0);
		const other = deviceAt(cloud.seed, 1).deviceName;
		const client = await connect();
		const granted = async (topic: string) =>
			(await client.subscribeAsync(topic, { qos: 1 }))[0]?.qos;
		const refused = (topic: string) =>
			granted(topic).then(
				(qos) => qos,
				() => 128,
			);
		for (const topic of [
			`/sys/${productKey}/${deviceName}/thing/service/#`,
			`/${productKey}/${deviceName}/user/get`,
			`/ota/device/upgrade/${productKey}/${deviceName}`,
			`/shadow/get/${productKey}/${deviceName}`,
			`/ext/ntp/${productKey}/${deviceName}/response`,
		]) {
			expect([topic, await granted(topic)]).toEqual([topic, 1]);
		}
		for (const topic of [
			"#",
			"/sys/#",
			`/sys/${productKey}/+/thing/service/#`,
			`/sys/${productKey}/${other}/thing/service/#`,
			`/${productKey}/${other}/user/get`,
			`/ota/+/+/${productKey}/${other}`,
		]) {
			expect([topic, await refused(topic)]).toEqual([topic, 128]);
		}
	});

	test("publishing to another's topic ends the connection, and nothing is forwarded", async () => {
		const { productKey } = deviceAt(cloud.seed, 0);
		const client = await connect();
		const before = cloud.queues.messages.filter(
			({ messagetype }) => messagetype === "upload",
		).length;
		const ended = closed(client);
		client.publish(`/${productKey}/${deviceAt(cloud.seed, 1).deviceName}/user/update`, "x");
		await ended;
		expect(cloud.queues.messages.filter(({ messagetype }) => messagetype === "upload").length).toBe(
			before,
		);
	});

	test("user topics are forwarded as they come, bytes and all", async () => {
		const { productKey, deviceName } = deviceAt(cloud.seed, 0);
		const client = await connect();
		const topic = `/${productKey}/${deviceName}/user/update`;
		await client.publishAsync(topic, "not JSON: \u00e9", { qos: 1 });
		const message = await cloud.queues.waitFor((forwarded) => forwarded.topic === topic);
		expect(message.text).toBe("not JSON: \u00e9");
	});

	test("what a device publishes does not come back to it", async () => {
		const { productKey, deviceName } = deviceAt(cloud.seed, 0);
		const client = await connect();
		const seen: string[] = [];
		client.on("message", (topic) => seen.push(topic));
		await client.subscribeAsync(`/sys/${productKey}/${deviceName}/#`);
		await client.publishAsync(
			`/sys/${productKey}/${deviceName}/thing/event/property/post`,
			'{"id":"1","params":{"power":1},"method":"thing.event.property.post"}',
			{ qos: 1 },
		);
		while (seen.length === 0) await new Promise((resolve) => client.once("message", resolve));
		expect(seen).toEqual([`/sys/${productKey}/${deviceName}/thing/event/property/post_reply`]);
	});
});

test("a device that subscribes to nothing gets nothing, unless its client id asks the platform to subscribe it", async () => {
	const { productKey, deviceName } = deviceAt(cloud.seed, 0);
	const invokeAndWait = async (extension: string) => {
		const client = await loggedIn(credentials(0, "implicit", extension));
		const seen: string[] = [];
		client.on("message", (topic) => seen.push(topic));
		const { body } = await cloud.invoke("Set");
		expect(body.success).toBe(true);
		// The answer to this arrives after whatever the call has sent.
		await client.subscribeAsync(`/sys/${productKey}/${deviceName}/thing/event/+/post_reply`);
		const reply = new Promise((resolve) => {
			client.on("message", (topic) => {
				if (topic.endsWith("_reply")) resolve(topic);
			});
		});
		client.publish(
			`/sys/${productKey}/${deviceName}/thing/event/property/post`,
			'{"id":"1","params":{}}',
		);
		await reply;
		return seen.filter((topic) => topic.includes("/service/"));
	};
	expect(await invokeAndWait("securemode=3,signmethod=hmacsha1")).toEqual([]);
	expect(await invokeAndWait("securemode=3,signmethod=hmacsha1,_ss=1")).toEqual([
		`/sys/${productKey}/${deviceName}/thing/service/Set`,
	]);
});

test.each([
	["1", true],
	["3", true],
	["2", false],
])("ext=%s: synchronous services on /ext/rrpc: %s", async (ext, extended) => {
	const { productKey, deviceName } = deviceAt(cloud.seed, 0);
	const client = await loggedIn(
		credentials(0, "x", `securemode=3,signmethod=hmacsha256,ext=${ext}`),
	);
	const system = `/sys/${productKey}/${deviceName}`;
	await client.subscribeAsync(["/ext/rrpc/#", `${system}/rrpc/request/+`], { qos: 1 });
	const topics: string[] = [];
	client.on("message", (topic, payload) => {
		topics.push(topic);
		const { id } = JSON.parse(payload.toString()) as { id: string };
		const answer = JSON.stringify({ id, code: 200, data: { temperature: 1 } });
		client.publish(topic.replace("/rrpc/request/", "/rrpc/response/"), answer);
	});
	const { body } = await cloud.invoke("Get");
	expect(body.success).toBe(true);
	const messageId = body.data?.messageId;
	expect(topics).toEqual([
		extended
			? `/ext/rrpc/${messageId}${system}/thing/service/Get`
			: `${system}/rrpc/request/${messageId}`,
	]);
});
