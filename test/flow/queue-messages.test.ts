import { describe, expect, it } from "vitest";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const COMMAND = { device: LIGHT, service: "Set", args: { big: 9007199254740993n } };
const text = `{"device":${JSON.stringify(LIGHT)},"service":"Set","args":{"big":9007199254740993}}`;
const base64 = Buffer.from(text).toString("base64");
const envelope = {
	id: "e1",
	specversion: "1.0",
	source: "s",
	subject: "q",
	time: "2026-01-01T00:00:00Z",
};
const cloudEvent = (type: string, data: unknown) => ({ ...envelope, type, data });

/** Raw JSON, since the large number must not pass through JavaScript's own. */
const raw = (value: unknown) =>
	JSON.stringify(value, (_, item) => (item === COMMAND ? "@@" : item)).replaceAll('"@@"', text);

describe("a command in a queue", () => {
	it.each([
		[
			"an MNS message",
			[cloudEvent("mns:Queue:SendMessage", { messageId: "1", messageBody: text })],
		],
		[
			"an MNS message in base64",
			[cloudEvent("mns:Queue:SendMessage", { messageId: "1", messageBody: base64 })],
		],
		[
			"a RocketMQ message",
			[
				cloudEvent("mq:Topic:SendMessage", {
					topic: "t",
					systemProperties: { UNIQ_KEY: "1" },
					userProperties: {},
					body: text,
				}),
			],
		],
		[
			"a RocketMQ message with a parsed body",
			[cloudEvent("mq:Topic:SendMessage", { topic: "t", systemProperties: {}, body: COMMAND })],
		],
		[
			"a RabbitMQ message",
			[
				cloudEvent("amqp:Queue:SendMessage", {
					envelope: { deliveryTag: 1 },
					body: COMMAND,
					props: {},
				}),
			],
		],
		[
			"a Kafka message",
			[cloudEvent("alikafka:Topic:Message", { topic: "t", partition: 3, offset: 7, value: text })],
		],
		[
			"a single CloudEvent",
			cloudEvent("mns:Queue:SendMessage", { messageId: "1", messageBody: text }),
		],
		[
			"an MNS topic's notification",
			{ TopicOwner: "1", TopicName: "t", Message: text, MessageId: "1", PublishTime: "1" },
		],
		["an MNS topic's stream with attributes", { body: text, attrs: {} }],
		["an MNS topic's raw stream", COMMAND],
		["an event of a source that is not known", [cloudEvent("custom:Event", COMMAND)]],
	])("is taken from %s, where commands may come by it", async (_, event) => {
		const world = new World({ otherQueues: "commands" });
		world.platform.script = () => answered();
		const bytes = Buffer.from(raw(event));
		for (const _delivery of [1, 2]) {
			const counts = await world.clock.run(world.queue(bytes, { requestId: "same" }));
			expect(counts).toMatchObject({ command: 1, noise: 0 });
		}
		await world.clock.advance(1_000);
		expect(world.platform.calls.map(({ args }) => args)).toEqual(['{"big":9007199254740993}']);
	});
});

describe("a message that is noise", () => {
	it.each([
		["text", "hello", "not a JSON object"],
		["a number", "5", "not a JSON object"],
		["an object that is nothing we know", '{"a":1}', "neither a command"],
		["a command with mistakes", '{"device":{"iotId":"x"},"service":"S","lane":"?"}', "/lane"],
		["a command without a service", '{"device":{"iotId":"x"}}', "/service"],
		[
			"a reply without a device",
			'{"topic":"/a/b/thing/downlink/reply/message","payload":"e30="}',
			"reply without",
		],
		[
			"a wrapper whose payload is no JSON",
			'{"topic":"/as/mqtt/status/a/b","payload":"!!"}',
			"not a JSON object",
		],
	])(
		"%s becomes a dead letter with the reason, and its neighbours are sent",
		async (_, body, reason) => {
			const world = new World();
			world.platform.script = () => answered();
			const counts = await world.deliver(
				{ id: "a", body: text },
				{ id: "b", body },
				{ id: "c", body: text },
			);
			expect(counts).toMatchObject({ command: 2, noise: 1 });
			await world.clock.advance(1_000);
			expect(world.platform.calls).toHaveLength(2);
			const { body: page } = await world.request("GET", "/v1/dead-letters");
			const [letter] = page["deadLetters"] as Array<{ reason: string; text: string }>;
			expect(letter?.text).toBe(body);
			expect(letter?.reason).toContain(reason);
		},
	);

	it("that is delivered again is one dead letter", async () => {
		const world = new World();
		await world.deliver({ id: "b", body: "noise" });
		await world.deliver({ id: "b", body: "noise" });
		expect(world.memory.all("dead_letters")).toHaveLength(1);
	});

	it("may be bytes of any kind", async () => {
		const world = new World();
		const events = [
			Buffer.from([0xff, 0xfe, 0]),
			Buffer.from(""),
			Buffer.from("[[[]]]"),
			Buffer.from("[null,1]"),
		];
		for (const event of events) {
			const counts = await world.clock.run(world.queue(event, { requestId: "r" }));
			expect(counts.noise).toBeGreaterThan(0);
		}
	});

	it("can be listed page by page, shown and redriven once it can be read", async () => {
		const world = new World();
		world.platform.script = () => answered();
		await world.deliver({ id: "b1", body: "noise" }, { id: "b2", body: "more noise" });
		const first = (await world.request("GET", "/v1/dead-letters?limit=1")).body;
		const second = (
			await world.request("GET", `/v1/dead-letters?limit=1&cursor=${first["cursor"]}`)
		).body;
		expect(second["cursor"]).toBeNull();
		const [letter] = second["deadLetters"] as Array<{ id: string }>;
		expect((await world.request("GET", `/v1/dead-letters/${letter?.id}`)).body.id).toBe(letter?.id);
		const refused = await world.request("POST", `/v1/dead-letters/${letter?.id}/redrive`);
		expect(refused.status).toBe(422);
	});

	it("because its key was taken by another command is redriven as a command of its own", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const keyed = (service: string) =>
			JSON.stringify({ device: LIGHT, service, idempotencyKey: "k" });
		await world.deliver({ id: "first", body: keyed("Set") });
		await world.deliver({ id: "m", body: keyed("Get") });
		const { body: page } = await world.request("GET", "/v1/dead-letters");
		const [letter] = page["deadLetters"] as Array<{ id: string; reason: string }>;
		expect(letter?.reason).toContain("another command");
		const path = `/v1/dead-letters/${letter?.id}/redrive`;
		const [once, twice] = [await world.request("POST", path), await world.request("POST", path)];
		expect(once).toMatchObject({
			status: 202,
			body: { service: "Get", source: { type: "redrive" } },
		});
		expect(twice.body.id).toBe(once.body.id);
		const shown = await world.request("GET", `/v1/dead-letters/${letter?.id}`);
		expect(shown.body["redrivenAs"]).toBe(once.body.id);
	});
});

describe("what devices report", () => {
	it("beside replies and statuses is let pass: events and property posts", async () => {
		const world = new World();
		const device = { iotId: "i", productKey: "pk", deviceName: "light" };
		const counts = await world.report("/pk/light/thing/event/alarm/post", {
			...device,
			identifier: "alarm",
			value: {},
		});
		expect(counts).toMatchObject({ telemetry: 1, noise: 0 });
		const record = JSON.stringify({ ...device, items: { t: { value: 1 } } });
		expect(await world.deliverFrom("thingcast-events", { id: "r", body: record })).toMatchObject({
			telemetry: 1,
		});
	});

	it("may be a reply to a message that nobody knows", async () => {
		const world = new World();
		expect(await world.reply("nobody's")).toMatchObject({ reply: 1 });
	});

	it("may carry its ids as numbers, with every digit", async () => {
		const world = new World();
		world.platform.script = () => ({
			kind: "taken",
			answer: { success: true, messageId: "9007199254740993123" },
		});
		const { id } = await world.send({});
		await world.clock.advance(100);
		const body =
			'{"iotId":"iot-1","productKey":"pk","deviceName":"light","requestId":9007199254740993123,"code":200,"data":{}}';
		await world.deliverFrom("thingcast-events", { id: "r", body });
		expect((await world.get(id)).state).toBe("succeeded");
	});
});

describe("a timer's payload", () => {
	it.each(["tick", "{", "[]", '{"device":{"iotId":"x"}}'])(
		"%s becomes a dead letter with the reason",
		async (payload) => {
			const world = new World();
			expect(await world.fire("morning", payload)).toMatchObject({ did: "dead-lettered" });
			const { body } = await world.request("GET", "/v1/dead-letters");
			expect(body["deadLetters"]).toMatchObject([{ text: payload, source: { type: "timer" } }]);
		},
	);

	it("that is empty is the tick", async () => {
		const world = new World();
		expect(await world.fire("tick", "")).toMatchObject({ did: "swept", looked: 0 });
	});
});
