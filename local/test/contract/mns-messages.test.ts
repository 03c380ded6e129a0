import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VirtualClock } from "../../clock/virtual-clock.ts";
import { raw } from "../support/mns/raw-request.ts";
import { type Running, refusal, runInVirtualTime } from "../support/mns/service.ts";

const QUEUE = "orders";
let running: Running & { readonly clock: VirtualClock };

beforeEach(async () => {
	running = await runInVirtualTime();
	await running.client.createQueue(QUEUE, { VisibilityTimeout: 30 });
});
afterEach(() => running.stop());

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("sending and receiving with the official client", () => {
	it("gives back the body and everything that is documented about it", async () => {
		const { client, clock } = running;
		const body = base64('{"a":"<&>é"}');
		const sent = await client.sendMessage(QUEUE, { MessageBody: body, Priority: 3 });
		expect(sent.code).toBe(201);
		const digest = createHash("md5").update(body).digest("hex").toUpperCase();
		expect(sent.body.MessageBodyMD5).toBe(digest);
		expect(sent.body.ReceiptHandle).toBeUndefined();
		await clock.advance(1_500);

		const { code, body: message } = await client.receiveMessage(QUEUE);
		expect(code).toBe(200);
		expect(message).toMatchObject({
			MessageId: sent.body.MessageId,
			MessageBody: body,
			MessageBodyMD5: digest,
			EnqueueTime: String(clock.now() - 1_500),
			FirstDequeueTime: String(clock.now()),
			NextVisibleTime: String(clock.now() + 30_000),
			DequeueCount: "1",
			Priority: "3",
		});
		const removed = await client.deleteMessage(QUEUE, message.ReceiptHandle);
		expect(removed.code).toBe(204);
		expect(await refusal(client.receiveMessage(QUEUE))).toBe("MessageNotExist");
	});

	it("receives by priority first and by age within one", async () => {
		const { client } = running;
		const priorities = [8, 16, 1, 8, 1];
		await client.batchSendMessage(
			QUEUE,
			priorities.map((Priority, index) => ({ MessageBody: `${Priority}.${index}`, Priority })),
		);
		const { body } = await client.batchReceiveMessage(QUEUE, 16);
		expect(body.map((message) => message.MessageBody)).toEqual([
			"1.2",
			"1.4",
			"8.0",
			"8.3",
			"16.1",
		]);
	});

	it("shows a message again when its visibility ends, and its old handle is void then", async () => {
		const { client, clock } = running;
		await client.sendMessage(QUEUE, { MessageBody: "again" });
		const first = (await client.receiveMessage(QUEUE)).body;
		await clock.advance(29_999);
		expect(await refusal(client.receiveMessage(QUEUE))).toBe("MessageNotExist");
		await clock.advance(1);
		expect(await refusal(client.deleteMessage(QUEUE, first.ReceiptHandle))).toBe("MessageNotExist");
		const second = (await client.receiveMessage(QUEUE)).body;
		expect(second).toMatchObject({
			MessageId: first.MessageId,
			DequeueCount: "2",
			FirstDequeueTime: first.FirstDequeueTime,
		});
		expect(await refusal(client.deleteMessage(QUEUE, first.ReceiptHandle))).toBe("MessageNotExist");
		expect((await client.deleteMessage(QUEUE, second.ReceiptHandle)).code).toBe(204);
	});

	it("hides longer or shorter by ChangeMessageVisibility, whose answer has the new handle", async () => {
		const { client, clock } = running;
		await client.sendMessage(QUEUE, { MessageBody: "change" });
		const message = (await client.receiveMessage(QUEUE)).body;
		const changed = await client.changeMessageVisibility(QUEUE, message.ReceiptHandle, 120);
		expect(changed.body.NextVisibleTime).toBe(String(clock.now() + 120_000));
		expect(await refusal(client.deleteMessage(QUEUE, message.ReceiptHandle))).toBe(
			"MessageNotExist",
		);
		await clock.advance(60_000);
		expect(await refusal(client.receiveMessage(QUEUE))).toBe("MessageNotExist");
		const shorter = await client.changeMessageVisibility(QUEUE, changed.body.ReceiptHandle, 1);
		expect(shorter.body.ReceiptHandle).not.toBe(changed.body.ReceiptHandle);
		await clock.advance(1_000);
		expect((await client.receiveMessage(QUEUE)).body.DequeueCount).toBe("2");
	});

	it("holds a delayed message back, and lets it be deleted by the handle of its sending", async () => {
		const { client, clock } = running;
		const kept = await client.sendMessage(QUEUE, { MessageBody: "later", DelaySeconds: 10 });
		const recalled = await client.sendMessage(QUEUE, { MessageBody: "never", DelaySeconds: 10 });
		expect((await client.getQueueAttributes(QUEUE)).body).toMatchObject({ DelayMessages: "2" });
		expect((await client.deleteMessage(QUEUE, recalled.body.ReceiptHandle)).code).toBe(204);
		expect(await refusal(client.receiveMessage(QUEUE))).toBe("MessageNotExist");
		await clock.advance(10_000);
		const { body } = await client.batchReceiveMessage(QUEUE, 16);
		expect(body.map((message) => message.MessageId)).toEqual([kept.body.MessageId]);
	});

	it("peeks without hiding and without handles", async () => {
		const { client } = running;
		await client.batchSendMessage(QUEUE, [{ MessageBody: "one" }, { MessageBody: "two" }]);
		const single = (await client.peekMessage(QUEUE)).body;
		expect(single).toMatchObject({ MessageBody: "one", DequeueCount: "0", FirstDequeueTime: "0" });
		expect(single.ReceiptHandle).toBeUndefined();
		expect(single.NextVisibleTime).toBeUndefined();
		expect((await client.batchPeekMessage(QUEUE, 16)).body).toHaveLength(2);
		expect((await client.batchReceiveMessage(QUEUE, 16)).body).toHaveLength(2);
		expect(await refusal(client.peekMessage(QUEUE))).toBe("MessageNotExist");
	});

	it("deletes a batch, and names in a partial failure each handle that was not deleted", async () => {
		const { client } = running;
		await client.batchSendMessage(QUEUE, [{ MessageBody: "one" }, { MessageBody: "two" }]);
		const received = (await client.batchReceiveMessage(QUEUE, 16)).body;
		const handles = received.map((message) => message.ReceiptHandle);
		const [first = "", second = ""] = handles;
		await client.deleteMessage(QUEUE, first);
		const partial = await client.batchDeleteMessage(QUEUE, [first, second, "noise"]);
		expect(partial.code).toBe(404);
		expect(partial.body).toMatchObject([
			{ ErrorCode: "MessageNotExist", ReceiptHandle: first },
			{ ErrorCode: "ReceiptHandleError", ReceiptHandle: "noise" },
		]);
		await client.sendMessage(QUEUE, { MessageBody: "three" });
		const third = (await client.receiveMessage(QUEUE)).body.ReceiptHandle;
		expect((await client.batchDeleteMessage(QUEUE, [third])).code).toBe(204);
	});

	it("forgets a message when the queue's retention ends", async () => {
		const { client, clock } = running;
		await client.setQueueAttributes(QUEUE, { MessageRetentionPeriod: 60 });
		await client.sendMessage(QUEUE, { MessageBody: "short-lived" });
		await clock.advance(59_999);
		expect((await client.peekMessage(QUEUE)).code).toBe(200);
		await clock.advance(1);
		expect(await refusal(client.peekMessage(QUEUE))).toBe("MessageNotExist");
	});
});

describe("long polling", () => {
	it("answers when a message arrives", async () => {
		const { client, clock } = running;
		const waiting = client.receiveMessage(QUEUE, 30);
		await expect.poll(() => clock.pending).toBe(1);
		await client.sendMessage(QUEUE, { MessageBody: "now" });
		expect((await waiting).body.MessageBody).toBe("now");
		expect(clock.pending).toBe(0);
	});

	it("answers MessageNotExist after the wait, measured by the clock", async () => {
		const { client, clock } = running;
		const waiting = refusal(client.batchReceiveMessage(QUEUE, 16, 7));
		await expect.poll(() => clock.pending).toBe(1);
		expect(clock.nextAt).toBe(clock.now() + 7_000);
		await clock.advance(7_000);
		expect(await waiting).toBe("MessageNotExist");
	});

	it("answers when a delay or a visibility timeout ends meanwhile", async () => {
		const { client, clock } = running;
		await client.sendMessage(QUEUE, { MessageBody: "delayed", DelaySeconds: 5 });
		const waiting = client.receiveMessage(QUEUE, 30);
		await expect.poll(() => clock.pending).toBe(2);
		await clock.advance(5_000);
		expect((await waiting).body.MessageBody).toBe("delayed");
		const again = client.receiveMessage(QUEUE, 30);
		await expect.poll(() => clock.pending).toBe(2);
		await clock.advance(30_000);
		expect((await again).body).toMatchObject({ MessageBody: "delayed", DequeueCount: "2" });
	});

	it("waits by the queue's PollingWaitSeconds if the request says nothing", async () => {
		const { client, clock } = running;
		await client.setQueueAttributes(QUEUE, { PollingWaitSeconds: 3 });
		const waiting = refusal(client.receiveMessage(QUEUE));
		await expect.poll(() => clock.pending).toBe(1);
		await clock.advance(3_000);
		expect(await waiting).toBe("MessageNotExist");
	});

	it("hides no message for a client that went away", async () => {
		const { client, clock, service } = running;
		const leaving = new AbortController();
		const target = `/queues/${QUEUE}/messages?waitseconds=30`;
		const waiting = raw(service.url, { target, signal: leaving.signal });
		await expect.poll(() => clock.pending).toBe(1);
		leaving.abort();
		await expect(waiting).rejects.toThrow();
		await expect.poll(() => clock.pending).toBe(0);
		await client.sendMessage(QUEUE, { MessageBody: "for the next one" });
		expect((await client.receiveMessage(QUEUE)).body.DequeueCount).toBe("1");
	});

	it("gives one message to one of many waiting", async () => {
		const { client, clock } = running;
		const waiting = Array.from({ length: 5 }, () =>
			client.receiveMessage(QUEUE, 10).then(
				() => 1,
				() => 0,
			),
		);
		await expect.poll(() => clock.pending).toBe(5);
		await client.sendMessage(QUEUE, { MessageBody: "one" });
		await expect.poll(() => clock.pending).toBe(5);
		await clock.advance(10_000);
		expect((await Promise.all(waiting)).filter(Boolean)).toEqual([1]);
	});
});
