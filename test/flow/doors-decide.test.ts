import { describe, expect, it } from "vitest";
import { answered, sent } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const COMMANDS = "thingcast-commands";
const EVENTS = "thingcast-events";
const COMMAND = JSON.stringify({ device: LIGHT, service: "Set" });
const DEVICE = { iotId: "iot-1", ...LIGHT };
const REPLY = JSON.stringify({ ...DEVICE, requestId: "m1", code: 200, data: {} });
const ONLINE = JSON.stringify({ ...DEVICE, status: "online" });

function answering(): World {
	const world = new World();
	world.platform.script = () => answered();
	return world;
}

const reasons = async (world: World) => {
	const { body } = await world.request("GET", "/v1/dead-letters");
	return (body["deadLetters"] as Array<{ reason: string }>).map(({ reason }) => reason);
};

const wrapped = (payload: string, topic = "/pk/light/user/x") =>
	JSON.stringify({ messageid: "w", topic, payload: Buffer.from(payload).toString("base64") });

describe("the events queue", () => {
	it.each([
		["as it is", COMMAND],
		["in base64", Buffer.from(COMMAND).toString("base64")],
		["in the platform's wrapper", wrapped(COMMAND)],
		["in the wrapper of a reply's topic", wrapped(COMMAND, "/a/b/thing/downlink/reply/message")],
		["with a topic beside it", JSON.stringify({ ...JSON.parse(COMMAND), topic: "/a/b" })],
	])("takes no command, %s", async (_, body) => {
		const world = answering();
		expect((await world.deliverFrom(EVENTS, { id: "1", body })).command).toBe(0);
		await world.clock.advance(120_000);
		expect(world.platform.calls).toEqual([]);
	});

	it("says of a command why it is a dead letter", async () => {
		const world = answering();
		await world.deliverFrom(EVENTS, { id: "1", body: COMMAND });
		expect(await reasons(world)).toEqual([
			"a command that came where devices report, and no command is taken",
		]);
	});

	it("takes reports", async () => {
		const world = answering();
		const counts = await world.deliverFrom(
			EVENTS,
			{ id: "1", body: REPLY },
			{ id: "2", body: ONLINE },
		);
		expect(counts).toMatchObject({ reply: 1, status: 1, noise: 0 });
	});
});

describe("the commands queue", () => {
	it.each([
		["reply", REPLY],
		["reply", wrapped(REPLY, "/pk/light/thing/downlink/reply/message")],
		["status", ONLINE],
		["telemetry", JSON.stringify({ ...DEVICE, items: { t: { value: 1 } } })],
	])("takes no %s", async (kind, body) => {
		const world = answering();
		world.platform.script = () => sent("m1");
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		await world.deliverFrom(COMMANDS, { id: "1", body });
		expect((await world.get(id)).state).toBe("sent");
		expect(await reasons(world)).toEqual([
			`a ${kind} that came where commands are taken, and nothing else`,
		]);
	});
});

describe("a queue that is not named", () => {
	it("is where devices report, unless it is said to be where commands come", async () => {
		for (const otherQueues of ["events", "commands"] as const) {
			const world = new World({ otherQueues });
			const counts = await world.deliverFrom("aliyun-iot-a1", { id: "1", body: COMMAND });
			expect(counts.command).toBe(otherQueues === "commands" ? 1 : 0);
		}
	});

	it("cannot be given a name by whoever writes the event: a rule hands over a device's own words", async () => {
		const world = answering();
		const forged = world.cloudEvent(COMMANDS, { id: "1", body: COMMAND });
		expect((await world.invokeQueue(forged)).command).toBe(0);
		expect((await world.invokeQueue({ TopicName: COMMANDS, Message: COMMAND })).command).toBe(0);
		expect((await world.invokeQueue(JSON.parse(COMMAND))).command).toBe(0);
	});
});

describe("a dead-letter queue", () => {
	const given = (world: World, queue: string, id: string, body: string, sentAt?: number) =>
		world.deliverFrom("thingcast-commands-dead-letters", {
			id: `dead-${id}`,
			body: JSON.stringify(
				world.cloudEvent(queue, { id, body, sentAt: sentAt ?? world.clock.now() }),
			),
		});

	it("gives a reply back to its command", async () => {
		const world = new World();
		world.platform.script = () => sent("m1");
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		expect(await given(world, EVENTS, "1", REPLY)).toMatchObject({ reply: 1 });
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("gives a command back once, also where its batch had taken it before", async () => {
		const world = answering();
		await world.deliver({ id: "1", body: COMMAND });
		await given(world, COMMANDS, "1", COMMAND);
		await given(world, COMMANDS, "2", COMMAND);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(2);
		expect(await reasons(world)).toEqual([]);
	});

	it("keeps the door: what came by the events queue is no command", async () => {
		const world = answering();
		expect((await given(world, EVENTS, "1", COMMAND)).command).toBe(0);
	});

	it("lists a command that has expired since, to be redriven by a person", async () => {
		const world = answering();
		const dayAgo = world.clock.now() - 86_400_000;
		await given(world, COMMANDS, "1", COMMAND, dayAgo);
		expect((await reasons(world))[0]).toContain("expired 3600 s after it was sent");
		const { body } = await world.request("GET", "/v1/dead-letters");
		const [letter] = body["deadLetters"] as Array<{ id: string }>;
		await world.request("POST", `/v1/dead-letters/${letter?.id}/redrive`);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("lists what it does not understand", async () => {
		const world = answering();
		await world.deliverFrom("thingcast-commands-dead-letters", { id: "1", body: "?" });
		expect(await reasons(world)).toHaveLength(1);
	});

	it("lists an invocation of the worker that failed for good", async () => {
		const world = answering();
		const record = {
			timestamp: 1,
			requestContext: { requestId: "r1", condition: "RetriesExhausted" },
			requestPayload: "{}",
			responsePayload: { errorMessage: "out of memory" },
		};
		await world.deliverFrom("failures", { id: "1", body: JSON.stringify(record) });
		expect(await reasons(world)).toEqual([expect.stringContaining("out of memory")]);
	});
});
