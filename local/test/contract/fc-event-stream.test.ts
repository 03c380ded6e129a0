import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { EventStreamTrigger, Trigger } from "../../stack/index.ts";
import {
	account,
	eventually,
	type Running,
	startFixture,
	virtualClock,
} from "../support/fc/start.ts";
import { clientAt } from "../support/mns/service.ts";

let running: Running | undefined;

afterEach(async () => {
	await running?.close();
	running = undefined;
});

async function startVirtual(options: Parameters<typeof startFixture>[0] = {}) {
	const { clock, follow } = virtualClock();
	running = await startFixture({ ...options, clock, only: ["queue"] });
	follow(running.fc);
	return { at: running, clock };
}

interface CloudEvent {
	readonly id: string;
	readonly data: { readonly messageId: string; readonly messageBody: string };
	readonly [name: string]: unknown;
}

function batches(at: Running): CloudEvent[][] {
	const file = join(at.dir, "batches");
	if (!existsSync(file)) return [];
	// What stands behind the last line's end is still being written.
	const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
	return lines.map((line) => JSON.parse(line) as CloudEvent[]);
}

function bodies(at: Running): string[][] {
	return batches(at).map((batch) => batch.map(({ data }) => data.messageBody));
}

/** A stream that differs in this from the fixture's. */
function streamWith(change: Partial<EventStreamTrigger>) {
	return {
		trigger: (trigger: Trigger): Trigger =>
			trigger.type === "eventbridge" ? { ...trigger, ...change } : trigger,
	};
}

function send(at: Running, ...texts: string[]): string[] {
	return texts.map((text) => at.mns.queues.send("incoming", text));
}

function base64(text: string): string {
	return Buffer.from(text).toString("base64");
}

/** What can still be received, long after everything hidden has come back. */
async function left(at: Running, clock: { advance(ms: number): Promise<void> }, queue: string) {
	await clock.advance(0);
	return at.mns.queues.receive(queue, 100, 1_000);
}

describe("an event stream from a queue", () => {
	it("hands over CloudEvents, of which the message is the decoded body", async () => {
		const { at, clock } = await startVirtual();
		const [id] = send(at, base64('{"a":"ü"}'), "not base64!", "YQ=", base64("\u0000x"));
		await clock.advance(2_000);
		const [first] = batches(at);
		expect(bodies(at).flat()).toEqual(['{"a":"ü"}', "not base64!", "YQ=", "\u0000x"]);
		expect(first?.[0]).toEqual({
			id: `${id}-MNS-queue-incoming`,
			source: "MNS-queue-incoming",
			specversion: "1.0",
			type: "mns:Queue:SendMessage",
			datacontenttype: "application/json; charset=utf-8",
			subject: `acs:mns:cn-shanghai:${account.accountId}:queues/incoming`,
			time: "2026-01-01T00:00:00.000Z",
			aliyunaccountid: account.accountId,
			aliyunpublishtime: expect.stringMatching(/^2026-01-01T00:00:/),
			aliyunoriginalaccountid: account.accountId,
			aliyuneventbusname: "MNS-queue-incoming",
			aliyunregionid: "cn-shanghai",
			aliyunpublishaddr: "127.0.0.1",
			data: { requestId: expect.any(String), messageId: id, messageBody: '{"a":"ü"}' },
		});
	});

	it("closes a batch by number at once, and by time", async () => {
		const { at, clock } = await startVirtual();
		send(at, "!1", "!2", "!3", "!4");
		await clock.advance(0);
		expect(bodies(at)).toEqual([["!1", "!2", "!3"]]);
		await clock.advance(1_000);
		send(at, "!5");
		await clock.advance(999);
		expect(bodies(at)).toHaveLength(1);
		await clock.advance(1);
		expect(bodies(at)).toEqual([
			["!1", "!2", "!3"],
			["!4", "!5"],
		]);
		await clock.advance(4 * 3_600_000);
		expect(bodies(at)).toHaveLength(2);
	});

	it("brings a failed batch back whole, 10 to 20 s later", async () => {
		const { at, clock } = await startVirtual({ random: () => 0.25 });
		const fail = join(at.dir, "batches.fail");
		writeFileSync(fail, "");
		send(at, "!1", "!2", "!3");
		await clock.advance(0);
		rmSync(fail);
		await clock.advance(12_499);
		expect(bodies(at)).toHaveLength(1);
		await clock.advance(1);
		expect(bodies(at)).toEqual([
			["!1", "!2", "!3"],
			["!1", "!2", "!3"],
		]);
		expect(await left(at, clock, "incoming-dead")).toEqual([]);
	});

	it("puts what failed four times into the dead-letter queue, and holds nothing up", async () => {
		const { at, clock } = await startVirtual();
		const fail = join(at.dir, "batches.fail");
		writeFileSync(fail, "");
		send(at, "!1", "!2", "!3");
		await clock.advance(0);
		send(at, "!4", "!5", "!6");
		await clock.advance(0);
		expect(bodies(at)).toHaveLength(2);
		await clock.advance(3 * 15_000);
		expect(bodies(at)).toHaveLength(8);
		const dead = await left(at, clock, "incoming-dead");
		const texts = dead.map(({ body }) => (JSON.parse(body) as CloudEvent).data.messageBody);
		expect(texts.sort()).toEqual(["!1", "!2", "!3", "!4", "!5", "!6"]);
		rmSync(fail);
		await clock.advance(24 * 3_600_000);
		expect(bodies(at)).toHaveLength(8);
	});

	it("takes a batch up again after a restart, with the retries it already had", async () => {
		const { at: before, clock } = await startVirtual();
		writeFileSync(join(before.dir, "batches.fail"), "");
		send(before, "!1", "!2", "!3");
		await clock.advance(15_000);
		expect(bodies(before)).toHaveLength(2);
		await before.stop();

		const { at, clock: later } = await startVirtual({ dir: before.dir });
		await later.advance(40_000);
		// Started at the same virtual time again: one retry was due at 30 s, the last 15 s after it.
		expect(bodies(at)).toHaveLength(3);
		await later.advance(5_000);
		expect(bodies(at)).toHaveLength(4);
		expect(await left(at, later, "incoming-dead")).toHaveLength(3);
	});

	it("with errorsTolerance NONE lets nothing overtake a batch that fails", async () => {
		const { at, clock } = await startVirtual(streamWith({ errorsTolerance: "NONE" }));
		const fail = join(at.dir, "batches.fail");
		writeFileSync(fail, "");
		send(at, "!1", "!2", "!3", "!4", "!5", "!6");
		await clock.advance(10 * 60_000);
		expect(bodies(at).length).toBeGreaterThan(10);
		expect(new Set(bodies(at).map(String))).toEqual(new Set(["!1,!2,!3"]));
		rmSync(fail);
		await clock.advance(20_000);
		expect(bodies(at).slice(-2)).toEqual([
			["!1", "!2", "!3"],
			["!4", "!5", "!6"],
		]);
	});

	it("with EXPONENTIAL_DECAY_RETRY tries 176 times within a day", async () => {
		const { at, clock } = await startVirtual({
			...streamWith({ retry: "EXPONENTIAL_DECAY_RETRY" }),
			fc: { idleInstanceMs: 86_400_000 },
		});
		writeFileSync(join(at.dir, "batches.fail"), "");
		send(at, "!1", "!2", "!3");
		await clock.advance(1_000 + 2_000 + 4_000);
		expect(bodies(at)).toHaveLength(4);
		await clock.advance(24 * 3_600_000);
		expect(bodies(at)).toHaveLength(1 + 176);
		expect(await left(at, clock, "incoming-dead")).toHaveLength(3);
	});

	it("with asyncInvocationType does not wait for the function", async () => {
		const { at, clock } = await startVirtual(streamWith({ asynchronous: true }));
		writeFileSync(join(at.dir, "batches.fail"), "");
		send(at, "!1", "!2", "!3");
		await clock.advance(3_600_000);
		// The asynchronous queue's own three retries, and no dead letters.
		expect(bodies(at)).toHaveLength(4);
		expect(await left(at, clock, "incoming-dead")).toEqual([]);
		expect(await left(at, clock, "incoming")).toEqual([]);
	});

	it("waits for a queue that was deleted", async () => {
		const { at, clock } = await startVirtual();
		await clientAt(at.mns.url, account.root).deleteQueue("incoming");
		await clock.advance(5_000);
		at.mns.queues.ensure("incoming");
		send(at, "!1", "!2", "!3");
		await clock.advance(2_000);
		expect(bodies(at)).toEqual([["!1", "!2", "!3"]]);
	});

	it("drains a burst of thousands in several batches at a time", async () => {
		running = await startFixture();
		const at = running;
		for (let index = 0; index < 1_200; index++) send(at, `!${index}`);
		await eventually(() => bodies(at).flat().length >= 1_200);
		expect(new Set(bodies(at).flat()).size).toBe(1_200);
		expect(at.fc.instances().length).toBeGreaterThan(1);
	});
});
