import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { QueueMessage } from "../../service.ts";
import {
	account,
	eventually,
	fc3,
	fc3Client,
	type Running,
	startFixture,
	virtualClock,
} from "../support/fc/start.ts";

let running: Running | undefined;

afterEach(async () => {
	await running?.close();
	running = undefined;
});

async function start(options: Parameters<typeof startFixture>[0] = {}): Promise<Running> {
	running = await startFixture(options);
	return running;
}

async function startVirtual(options: Parameters<typeof startFixture>[0] = {}) {
	const { clock, follow } = virtualClock();
	const at = await start({ ...options, clock, only: ["echo"] });
	follow(at.fc);
	return { at, clock };
}

function send(at: Running, name: string, action: object, headers: Record<string, string> = {}) {
	return at.client.invokeFunction("s", name, JSON.stringify(action), {
		"x-fc-invocation-type": "Async",
		...headers,
	});
}

function runs(file: string): number {
	return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

/** Everything a queue holds, taken from it. */
function drain(at: Running, queue: string): Record<string, unknown>[] {
	const messages: QueueMessage[] = at.mns.queues.receive(queue, 100, 30_000);
	return messages.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

describe("asynchronous invocation", () => {
	it("is acknowledged at once, run, and reported to onSuccess", async () => {
		const at = await start();
		const until = join(at.dir, "go");
		const began = join(at.dir, "began");
		const accepted = await send(at, "echo", { action: "hold", began, until });
		const id = accepted.headers["x-fc-request-id"];
		expect(accepted.data).toBe("");
		await eventually(() => existsSync(began));
		expect(drain(at, "successes")).toEqual([]);
		writeFileSync(until, "");
		await at.fc.settle();
		const [body] = drain(at, "successes");
		expect(body).toEqual({
			timestamp: expect.any(Number),
			requestContext: {
				requestId: id,
				functionArn: `acs:fc:cn-shanghai:${account.accountId}:functions/echo`,
				condition: "",
				approximateInvokeCount: 1,
			},
			requestPayload: JSON.stringify({ action: "hold", began, until }),
			responseContext: { statusCode: 200, functionError: "" },
			responsePayload: expect.stringContaining("instance"),
		});
	});

	it("retries an error of the function 0.5 s and 1 s later, and then succeeds", async () => {
		const { at, clock } = await startVirtual();
		const file = join(at.dir, "runs");
		await send(at, "echo", { action: "flaky", file, failures: 2 });
		await clock.advance(0);
		expect(runs(file)).toBe(1);
		await clock.advance(499);
		expect(runs(file)).toBe(1);
		await clock.advance(1);
		expect(runs(file)).toBe(2);
		await clock.advance(999);
		expect(runs(file)).toBe(2);
		await clock.advance(1);
		expect(runs(file)).toBe(3);
		expect(drain(at, "successes")).toMatchObject([
			{ requestContext: { approximateInvokeCount: 3 }, responsePayload: '{"runs":3}' },
		]);
	});

	it("gives up after maxAsyncRetryAttempts and tells onFailure why", async () => {
		const { at, clock } = await startVirtual();
		const file = join(at.dir, "runs");
		await send(at, "echo", { action: "flaky", file, failures: 99 });
		await clock.advance(3_600_000);
		expect(runs(file)).toBe(3);
		expect(drain(at, "successes")).toEqual([]);
		const [failure] = drain(at, "failures");
		expect(failure).toMatchObject({
			requestContext: { condition: "UnhandledInvocationError", approximateInvokeCount: 3 },
			responseContext: { statusCode: 200, functionError: "UnhandledInvocationError" },
		});
		expect(JSON.parse(String(failure?.["responsePayload"]))).toMatchObject({
			errorMessage: "failure 3",
			errorType: "Error",
		});
	});

	it("with x-fc-async-delay waits that many seconds", async () => {
		const { at, clock } = await startVirtual();
		const file = join(at.dir, "runs");
		await send(at, "echo", { action: "flaky", file, failures: 0 }, { "x-fc-async-delay": "90" });
		await clock.advance(89_999);
		expect(runs(file)).toBe(0);
		await clock.advance(1);
		expect(runs(file)).toBe(1);
		for (const wrong of ["-1", "3601", "soon"]) {
			await expect(send(at, "echo", {}, { "x-fc-async-delay": wrong })).rejects.toMatchObject({
				code: "InvalidArgument",
			});
		}
	});

	it("that meets an occupied function is tried again 0.5 s, 1 s, 2 s later", async () => {
		const { clock, follow } = virtualClock();
		const at = await start({ clock });
		const until = join(at.dir, "go");
		const began = join(at.dir, "began");
		const holding = at.client.invokeFunction(
			"s",
			"single",
			JSON.stringify({ action: "hold", began, until }),
		);
		await eventually(() => existsSync(began));
		const file = join(at.dir, "runs");
		await send(at, "single", { action: "flaky", file, failures: 0 });
		writeFileSync(until, "");
		await holding;
		follow(at.fc);
		await at.fc.settle();
		// The instance is free, but the request has been told to wait.
		expect(runs(file)).toBe(0);
		await clock.advance(500);
		expect(runs(file)).toBe(1);
	});

	it("runs at most reservedConcurrency at a time, and all of a burst", async () => {
		const at = await start();
		const file = join(at.dir, "runs");
		await Promise.all(
			Array.from({ length: 40 }, () => send(at, "single", { action: "flaky", file, failures: 0 })),
		);
		await eventually(() => runs(file) === 40);
		expect(at.fc.instances()).toHaveLength(1);
	});
});

describe("task ids", () => {
	const taskIds = [
		["x-fc-stateful-async-invocation-id", "2016-08-15"],
		["x-fc-async-task-id", "2023-03-30"],
	] as const;

	it.each(taskIds)("in %s: the second request with the same one is 409", async (header) => {
		const at = await start();
		const file = join(at.dir, "runs");
		const action = { action: "flaky", file, failures: 0 };
		const headers = { [header]: "order-17" };
		const calls = await Promise.allSettled(
			Array.from({ length: 5 }, () => send(at, "echo", action, headers)),
		);
		expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
		for (const call of calls) {
			if (call.status === "rejected") {
				expect(call.reason).toMatchObject({
					code: "StatefulAsyncInvocationAlreadyExists",
					message: expect.stringContaining("failed with 409"),
				});
			}
		}
		await at.fc.settle();
		expect(runs(file)).toBe(1);
		await expect(send(at, "echo", action, headers)).rejects.toMatchObject({
			code: "StatefulAsyncInvocationAlreadyExists",
		});
	});

	it("are letters, digits, hyphens and underscores, 128 at the most", async () => {
		const at = await start();
		for (const id of ["1st", "a b", "ü", "a".repeat(129)]) {
			await expect(
				send(at, "echo", {}, { "x-fc-async-task-id": encodeURI(id) }),
			).rejects.toMatchObject({ code: "InvalidArgument" });
		}
		await send(at, "echo", {}, { "x-fc-async-task-id": `_${"a".repeat(127)}` });
	});

	it("lead to the task's state by @alicloud/fc20230330", async () => {
		const at = await start();
		const sdk = fc3Client(at.fc.url);
		await send(
			at,
			"echo",
			{ action: "throw" },
			{ "x-fc-async-task-id": "b", "x-fc-async-delay": "60" },
		);
		await send(at, "echo", { action: "text" }, { "x-fc-async-task-id": "a" });
		await at.fc.settle();
		const began = join(at.dir, "began");
		const hold = { action: "hold", began, until: join(at.dir, "go") };
		await send(at, "echo", hold, { "x-fc-async-task-id": "held" });
		await eventually(() => existsSync(began));
		const held = await sdk.getAsyncTask("echo", "held", new fc3.GetAsyncTaskRequest({}));
		expect(held.body).toMatchObject({ status: "Running", taskPayload: JSON.stringify(hold) });
		writeFileSync(hold.until, "");
		await at.fc.settle();
		const one = await sdk.getAsyncTask("echo", "a", new fc3.GetAsyncTaskRequest({}));
		expect(one.body).toMatchObject({ taskId: "a", status: "Succeeded", alreadyRetriedTimes: 0 });
		const all = await sdk.listAsyncTasks("echo", new fc3.ListAsyncTasksRequest({}));
		expect(all.body?.tasks?.map(({ taskId, status }) => [taskId, status])).toEqual([
			["a", "Succeeded"],
			["b", "Enqueued"],
			["held", "Succeeded"],
		]);
		await expect(
			sdk.getAsyncTask("echo", "c", new fc3.GetAsyncTaskRequest({})),
		).rejects.toMatchObject({ code: "AsyncTaskNotFound" });
	});
});

describe("after a restart", () => {
	it("runs what was accepted, and still knows the task ids", async () => {
		const first = virtualClock();
		const before = await startFixture({ clock: first.clock });
		first.follow(before.fc);
		const file = join(before.dir, "runs");
		const later = { action: "flaky", file, failures: 0 };
		await send(before, "echo", later, { "x-fc-async-delay": "30", "x-fc-async-task-id": "t" });
		await before.stop();

		const second = virtualClock();
		running = await startFixture({ clock: second.clock, dir: before.dir });
		second.follow(running.fc);
		await expect(send(running, "echo", later, { "x-fc-async-task-id": "t" })).rejects.toMatchObject(
			{ code: "StatefulAsyncInvocationAlreadyExists" },
		);
		await second.clock.advance(29_999);
		expect(runs(file)).toBe(0);
		await second.clock.advance(1);
		expect(runs(file)).toBe(1);
	});
});
