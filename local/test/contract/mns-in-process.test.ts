import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VirtualClock } from "../../clock/virtual-clock.ts";
import type { MnsError } from "../../mns/errors.ts";
import type { Queues } from "../../service.ts";
import { type Running, runInVirtualTime } from "../support/mns/service.ts";

const QUEUE = "events";
let running: Running & { readonly clock: VirtualClock };
let queues: Queues;

beforeEach(async () => {
	running = await runInVirtualTime();
	queues = running.service.queues;
	queues.ensure(QUEUE);
});
afterEach(() => running.stop());

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the queues without HTTP in between", () => {
	it("are the same as those of the official client", async () => {
		const { client } = running;
		const id = queues.send(QUEUE, "from inside");
		const received = (await client.receiveMessage(QUEUE)).body;
		expect(received).toMatchObject({ MessageId: id, MessageBody: "from inside" });
		expect(queues.remove(QUEUE, received.ReceiptHandle)).toBe(true);
		expect(queues.remove(QUEUE, received.ReceiptHandle)).toBe(false);
		const sent = await client.sendMessage(QUEUE, { MessageBody: "from outside" });
		expect(queues.receive(QUEUE, 10, 1_000)).toMatchObject([
			{ messageId: sent.body.MessageId, body: "from outside", dequeueCount: 1 },
		]);
	});

	it("hide what was received for as long as is asked, to the millisecond", async () => {
		const { clock } = running;
		const enqueuedAt = clock.now();
		for (const body of ["a", "b", "c"]) queues.send(QUEUE, body);
		const first = queues.receive(QUEUE, 2, 1_500);
		expect(first.map(({ body }) => body)).toEqual(["a", "b"]);
		await clock.advance(1_499);
		expect(queues.receive(QUEUE, 10, 60_000).map(({ body }) => body)).toEqual(["c"]);
		await clock.advance(1);
		const again = queues.receive(QUEUE, 10, 60_000);
		expect(again).toMatchObject([
			{ body: "a", dequeueCount: 2, enqueuedAt },
			{ body: "b", dequeueCount: 2, enqueuedAt },
		]);
		expect(queues.remove(QUEUE, first[0]?.receiptHandle ?? "")).toBe(false);
		expect(queues.remove(QUEUE, again[0]?.receiptHandle ?? "")).toBe(true);
	});

	it("tell listeners once for many sends of a turn, and no more after they have left", async () => {
		let rings = 0;
		const leave = queues.onVisible(QUEUE, () => rings++);
		for (let index = 0; index < 100; index++) queues.send(QUEUE, String(index));
		expect(rings).toBe(0);
		await turn();
		expect(rings).toBe(1);
		await running.client.sendMessage(QUEUE, { MessageBody: "by the client" });
		await expect.poll(() => rings).toBe(2);
		leave();
		queues.send(QUEUE, "unheard");
		await turn();
		expect(rings).toBe(2);
	});

	it("tell listeners when a hidden or delayed message comes back, and set no other timers", async () => {
		const { client, clock } = running;
		queues.send(QUEUE, "hidden");
		queues.receive(QUEUE, 1, 5_000);
		await client.sendMessage(QUEUE, { MessageBody: "delayed", DelaySeconds: 2 });
		expect(clock.pending).toBe(0);
		const seen: string[] = [];
		const leave = queues.onVisible(QUEUE, () => {
			for (const { body, receiptHandle } of queues.receive(QUEUE, 10, 60_000)) {
				seen.push(`${body} at ${clock.now() - start}`);
				queues.remove(QUEUE, receiptHandle);
			}
		});
		const start = clock.now();
		expect(clock.pending).toBe(1);
		await clock.advance(10_000);
		expect(seen).toEqual(["delayed at 2000", "hidden at 5000"]);
		expect(clock.pending).toBe(0);
		leave();
	});

	it("lose no message among several listeners and long polls", async () => {
		const { client, clock } = running;
		const taken: string[] = [];
		const leave = ["one", "two"].map(() =>
			queues.onVisible(QUEUE, () => {
				for (const { body, receiptHandle } of queues.receive(QUEUE, 3, 1_000)) {
					if (queues.remove(QUEUE, receiptHandle)) taken.push(body);
				}
			}),
		);
		const bodies = Array.from({ length: 40 }, (_, index) => `message ${index}`);
		for (const body of bodies) {
			queues.send(QUEUE, body);
			await turn();
		}
		await clock.advance(2_000);
		expect(taken.sort()).toEqual([...bodies].sort());
		expect((await client.getQueueAttributes(QUEUE)).body).toMatchObject({
			ActiveMessages: "0",
			InactiveMessages: "0",
		});
		for (const end of leave) end();
	});

	it("keep a queue that is ensured again as it is, and refuse what does not exist", async () => {
		await running.client.setQueueAttributes(QUEUE, { VisibilityTimeout: 77 });
		queues.ensure(QUEUE);
		expect((await running.client.getQueueAttributes(QUEUE)).body).toMatchObject({
			VisibilityTimeout: "77",
		});
		const code = (call: () => unknown) => {
			try {
				call();
			} catch (error) {
				return (error as MnsError).code;
			}
			return undefined;
		};
		expect(code(() => queues.send("none", "x"))).toBe("QueueNotExist");
		expect(code(() => queues.receive("none", 1, 1))).toBe("QueueNotExist");
		expect(code(() => queues.ensure("not a name"))).toBe("InvalidQueueName");
		expect(code(() => queues.send(QUEUE, "x".repeat(65_537)))).toBe("InvalidArgument");
	});
});
