import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VirtualClock } from "../../clock/virtual-clock.ts";
import { raw } from "../support/mns/raw-request.ts";
import { type Running, refusal, runInVirtualTime } from "../support/mns/service.ts";

let running: Running & { readonly clock: VirtualClock };
beforeEach(async () => {
	running = await runInVirtualTime();
});
afterEach(() => running.stop());

describe("queues with the official client", () => {
	it("are created once: 201, then 204 with the same attributes, 409 with others", async () => {
		const { client, service } = running;
		const created = await client.createQueue("orders", { DelaySeconds: 1 });
		expect(created.code).toBe(201);
		expect(created.headers["location"]).toBe(`${service.url}/queues/orders`);
		expect((await client.createQueue("orders", { DelaySeconds: 1 })).code).toBe(204);
		expect(await refusal(client.createQueue("orders", { DelaySeconds: 2 }))).toBe(
			"QueueAlreadyExist",
		);
	});

	it("have the documented defaults", async () => {
		const { client, clock } = running;
		await client.createQueue("orders");
		const now = String(Math.floor(clock.now() / 1_000));
		expect((await client.getQueueAttributes("orders")).body).toEqual({
			QueueName: "orders",
			CreateTime: now,
			LastModifyTime: now,
			DelaySeconds: "0",
			MaximumMessageSize: "65536",
			MessageRetentionPeriod: "345600",
			VisibilityTimeout: "30",
			PollingWaitSeconds: "0",
			ActiveMessages: "0",
			InactiveMessages: "0",
			DelayMessages: "0",
			LoggingEnabled: "False",
		});
	});

	it("change only what is set, and count what is in them", async () => {
		const { client, clock } = running;
		await client.createQueue("orders", { VisibilityTimeout: 60, LoggingEnabled: true });
		await clock.advance(5_000);
		expect((await client.setQueueAttributes("orders", { DelaySeconds: 3 })).code).toBe(204);
		await client.batchSendMessage("orders", [
			{ MessageBody: "active", DelaySeconds: 0 },
			{ MessageBody: "inactive", DelaySeconds: 0, Priority: 1 },
			{ MessageBody: "delayed by the queue" },
		]);
		expect((await client.receiveMessage("orders")).body.MessageBody).toBe("inactive");
		const { body } = await client.getQueueAttributes("orders");
		expect(body).toMatchObject({
			VisibilityTimeout: "60",
			DelaySeconds: "3",
			LoggingEnabled: "True",
			ActiveMessages: "1",
			InactiveMessages: "1",
			DelayMessages: "1",
		});
		expect(Number(body["LastModifyTime"]) - Number(body["CreateTime"])).toBe(5);
	});

	it("are listed in pages, by prefix, with their attributes if asked", async () => {
		const { client, service } = running;
		for (const name of ["a-1", "a-2", "a-3", "b-1"]) await client.createQueue(name);
		const list = (headers: Record<string, string>) =>
			raw(service.url, { target: "/queues", headers });
		const names = (xml: string) => [...xml.matchAll(/queues\/([\w-]+)</g)].map(([, name]) => name);

		expect((await client.listQueue()).body).toHaveLength(4);
		const first = await list({ "x-mns-prefix": "a-", "x-mns-ret-number": "2" });
		expect(names(first.body)).toEqual(["a-1", "a-2"]);
		const marker = /<NextMarker>(.+)<\/NextMarker>/.exec(first.body)?.[1] ?? "";
		const second = await list({ "x-mns-prefix": "a-", "x-mns-marker": marker });
		expect(names(second.body)).toEqual(["a-3"]);
		expect(second.body).not.toContain("NextMarker");
		const detailed = await list({ "x-mns-prefix": "b-", "x-mns-with-meta": "true" });
		expect(detailed.body).toContain("<QueueName>b-1</QueueName>");
	});

	it("are deleted with their messages, and a new one of that name is empty", async () => {
		const { client } = running;
		await client.createQueue("orders");
		await client.sendMessage("orders", { MessageBody: "lost with its queue" });
		expect((await client.deleteQueue("orders")).code).toBe(204);
		expect(await refusal(client.getQueueAttributes("orders"))).toBe("QueueNotExist");
		expect(await refusal(client.deleteQueue("orders"))).toBe("QueueNotExist");
		expect(await refusal(client.sendMessage("orders", { MessageBody: "x" }))).toBe("QueueNotExist");
		await client.createQueue("orders");
		expect(await refusal(client.receiveMessage("orders"))).toBe("MessageNotExist");
	});

	it("move what was received too often to the dead-letter queue", async () => {
		const { client, clock } = running;
		await client.createQueue("dead");
		await client.createQueue("orders", {
			VisibilityTimeout: 10,
			DlqPolicy: { Enabled: true, DeadLetterTargetQueue: "dead", MaxReceiveCount: 2 },
		});
		const sentAt = String(clock.now());
		await client.sendMessage("orders", { MessageBody: "poison", Priority: 4 });
		for (let time = 0; time < 2; time++) {
			expect((await client.receiveMessage("orders")).body.DequeueCount).toBe(String(time + 1));
			const waitsAtDead = client.receiveMessage("dead", 11).catch(() => undefined);
			await expect.poll(() => clock.pending).toBe(2);
			await clock.advance(11_000);
			const dead = (await waitsAtDead)?.body;
			if (time === 0) expect(dead).toBeUndefined();
			else expect(dead).toMatchObject({ MessageBody: "poison", DequeueCount: "1", Priority: "4" });
			// Its retention goes on counting from when it was sent first.
			if (dead) expect(dead.EnqueueTime).toBe(sentAt);
		}
		expect(await refusal(client.receiveMessage("orders"))).toBe("MessageNotExist");
	});

	it("refuse a dead-letter policy whose target is missing or the queue itself", async () => {
		const { client } = running;
		const to = (DeadLetterTargetQueue: string, MaxReceiveCount = 3) => ({
			DlqPolicy: { Enabled: true, DeadLetterTargetQueue, MaxReceiveCount },
		});
		expect(await refusal(client.createQueue("orders", to("nowhere")))).toBe("QueueNotExist");
		expect(await refusal(client.createQueue("orders", to("orders")))).toBe("InvalidArgument");
		await client.createQueue("dead");
		expect(await refusal(client.createQueue("orders", to("dead", 0)))).toBe("InvalidArgument");
	});

	it("can be created where topics cannot: these are refused with a documented error", async () => {
		const { client } = running;
		expect(await refusal(client.createTopic("news"))).toBe("InvalidRequestURL");
		expect(await refusal(client.publishMessage("news", { MessageBody: "x" }))).toBe(
			"TopicNotExist",
		);
	});
});

describe("values outside their limits are refused", () => {
	const cases: [string, object][] = [
		["DelaySeconds", { DelaySeconds: 604_801 }],
		["DelaySeconds", { DelaySeconds: -1 }],
		["MaximumMessageSize", { MaximumMessageSize: 1_023 }],
		["MaximumMessageSize", { MaximumMessageSize: 65_537 }],
		["MessageRetentionPeriod", { MessageRetentionPeriod: 59 }],
		["MessageRetentionPeriod", { MessageRetentionPeriod: 604_801 }],
		["VisibilityTimeout", { VisibilityTimeout: 0 }],
		["VisibilityTimeout", { VisibilityTimeout: 43_201 }],
		["PollingWaitSeconds", { PollingWaitSeconds: 31 }],
		["LoggingEnabled", { LoggingEnabled: "perhaps" }],
		["VisibilityTimeout", { VisibilityTimeout: "soon" }],
	];
	it.each(cases)("%s %j", async (field, attributes) => {
		const call = running.client.createQueue("orders", attributes);
		await expect(call).rejects.toThrow(field);
		expect(await refusal(call)).toBe("InvalidArgument");
	});

	it.each(["-orders", "or_ders", "or.ders", "%20"])("queue name %j", async (name) => {
		expect(await refusal(running.client.createQueue(name))).toBe("InvalidQueueName");
	});

	it("a queue name of 121 characters", async () => {
		const { client } = running;
		expect((await client.createQueue("q".repeat(120))).code).toBe(201);
		expect(await refusal(client.createQueue("q".repeat(121)))).toBe("QueueNameLengthError");
	});

	it("messages too large, too many, of no priority or of no body, none of a batch being kept", async () => {
		const { client } = running;
		await client.createQueue("orders", { MaximumMessageSize: 1_024 });
		const good = { MessageBody: "x".repeat(1_024) };
		const bad = [
			{ MessageBody: "x".repeat(1_025) },
			{ MessageBody: "é".repeat(513) },
			{ MessageBody: "x", Priority: 0 },
			{ MessageBody: "x", Priority: 17 },
			{ MessageBody: "x", DelaySeconds: 604_801 },
			{ MessageBody: "" },
			{},
		];
		for (const message of bad) {
			expect(await refusal(client.sendMessage("orders", message))).toBe("InvalidArgument");
			expect(await refusal(client.batchSendMessage("orders", [good, message]))).toBe(
				"InvalidArgument",
			);
		}
		const many = Array.from({ length: 17 }, () => good);
		expect(await refusal(client.batchSendMessage("orders", many))).toBe("InvalidArgument");
		expect((await client.getQueueAttributes("orders")).body).toMatchObject({ ActiveMessages: "0" });
		expect((await client.batchSendMessage("orders", many.slice(1))).body).toHaveLength(16);
		await client.createQueue("large");
		const half = { MessageBody: "x".repeat(32_768) };
		const overHalf = { MessageBody: `${half.MessageBody}x` };
		expect(await refusal(client.batchSendMessage("large", [half, overHalf]))).toBe(
			"InvalidArgument",
		);
		expect((await client.batchSendMessage("large", [half, half])).code).toBe(201);
	});

	it("batches, waits and handles that cannot be", async () => {
		const { client } = running;
		await client.createQueue("orders");
		expect(await refusal(client.batchReceiveMessage("orders", 17))).toBe("InvalidArgument");
		expect(await refusal(client.batchReceiveMessage("orders", 0))).toBe("InvalidArgument");
		expect(await refusal(client.batchPeekMessage("orders", 17))).toBe("InvalidArgument");
		expect(await refusal(client.receiveMessage("orders", 31))).toBe("InvalidArgument");
		expect(await refusal(client.deleteMessage("orders", "noise"))).toBe("ReceiptHandleError");
		expect(await refusal(client.deleteMessage("orders", ""))).toBe("MissingReceiptHandle");
		await client.sendMessage("orders", { MessageBody: "x" });
		const { ReceiptHandle } = (await client.receiveMessage("orders")).body;
		const change = (seconds: number) =>
			refusal(client.changeMessageVisibility("orders", ReceiptHandle, seconds));
		expect(await change(0)).toBe("InvalidArgument");
		expect(await change(43_201)).toBe("InvalidArgument");
	});
});
