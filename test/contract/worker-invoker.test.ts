import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { openWorker } from "../../shared/fc/fc2-worker-invoker.ts";
import { createLog } from "../../shared/log.ts";

interface Seen {
	readonly method: string;
	readonly url: string;
	readonly headers: Record<string, unknown>;
	readonly body: string;
}

/** A server that notes what the SDK puts on the wire, and answers what it is told. */
async function listen(
	answers: number[],
): Promise<{ url: string; seen: Seen[]; close: () => void }> {
	const seen: Seen[] = [];
	const server = createServer(async (request, response) => {
		let body = "";
		for await (const chunk of request) body += chunk;
		const { method = "", url = "", headers } = request;
		seen.push({ method, url, headers, body });
		const status = answers.shift() ?? 202;
		response.writeHead(status, { "content-type": "application/json" });
		response.end(
			JSON.stringify(status < 300 ? {} : { ErrorCode: `E${status}`, ErrorMessage: "no" }),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		seen,
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

describe("the worker's invoker", () => {
	let server: Awaited<ReturnType<typeof listen>> | undefined;
	const logged: string[] = [];
	afterEach(() => {
		server?.close();
		logged.length = 0;
	});
	const start = async (workerFunction: string, ...answers: number[]) => {
		server = await listen(answers);
		const worker = openWorker(
			{
				FC_ACCOUNT_ID: "1",
				FC_REGION: "cn-shanghai",
				FC_ENDPOINT: server.url,
				WORKER_FUNCTION: workerFunction,
			},
			{
				credentials: () => ({ accessKeyId: "id", accessKeySecret: "secret" }),
				clock: systemClock,
				random: () => 0,
				log: createLog("warn", (line) => logged.push(line)),
			},
		);
		return { worker, seen: server.seen };
	};

	it("speaks the path of the 3.0 edition", async () => {
		const { worker, seen } = await start("thingcast-worker");
		expect(await worker.wake(["a", "b"], "now", 1_500)).toBe(true);
		expect(seen).toMatchObject([
			{
				method: "POST",
				url: "/2023-03-30/functions/thingcast-worker/invocations",
				body: '{"commands":["a","b"]}',
				headers: { "x-fc-invocation-type": "Async", "x-fc-async-delay": "2" },
			},
		]);
		expect(seen[0]?.headers["x-fc-async-task-id"]).toMatch(/^[A-Za-z_][\w-]{0,127}$/);
	});

	it("speaks the path of the 2.0 edition", async () => {
		const { worker, seen } = await start("things/worker");
		expect(await worker.wake(["a"], "now")).toBe(true);
		expect(seen[0]?.url).toBe("/2016-08-15/services/things.LATEST/functions/worker/invocations");
		expect(seen[0]?.headers["x-fc-stateful-async-invocation-id"]).toBeDefined();
		expect(seen[0]?.headers["x-fc-async-delay"]).toBeUndefined();
	});

	it("gives the same commands on the same occasion one task, and others another", async () => {
		const { worker, seen } = await start("w");
		await worker.wake(["a"], "now");
		await worker.wake(["a"], "now");
		await worker.wake(["a"], "later");
		await worker.wake(["b"], "now");
		const tasks = seen.map(({ headers }) => headers["x-fc-async-task-id"]);
		expect(tasks[0]).toBe(tasks[1]);
		expect(new Set(tasks).size).toBe(3);
	});

	it("takes a duplicate for what was wanted", async () => {
		const { worker, seen } = await start("w", 409);
		expect(await worker.wake(["a"], "now")).toBe(true);
		expect(seen).toHaveLength(1);
	});

	it("repeats what is throttled or broken, and gives up in good order", async () => {
		const { worker, seen } = await start("w", 429, 503);
		expect(await worker.wake(["a"], "now")).toBe(true);
		expect(seen).toHaveLength(3);
		const failing = await start("w", 500, 500, 500);
		expect(await failing.worker.wake(["a"], "now")).toBe(false);
		expect(logged.join()).toContain("due rows will bring them back");
	});

	it("does not repeat a refusal for good", async () => {
		const { worker, seen } = await start("w", 403);
		expect(await worker.wake(["a"], "now")).toBe(false);
		expect(seen).toHaveLength(1);
		expect(logged.join()).not.toContain("secret");
	});

	it("keeps an invocation small: a hundred commands each", async () => {
		const { worker, seen } = await start("w");
		await worker.wake(
			Array.from({ length: 250 }, (_, n) => `c${n}`),
			"now",
		);
		expect(seen.map(({ body }) => JSON.parse(body).commands.length).sort()).toEqual([100, 100, 50]);
	});
});
