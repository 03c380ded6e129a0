import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import { createCommand } from "../../shared/command/create.ts";
import { openWorker } from "../../shared/fc/fc2-worker-invoker.ts";
import { readPayload } from "../../shared/fc/worker-invoker.ts";
import { createLog } from "../../shared/log.ts";
import type { Stored } from "../../shared/stored.ts";

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
				log: createLog("warn", (line) => logged.push(line)),
			},
		);
		return { worker, seen: server.seen };
	};

	it("speaks the path of the 3.0 edition", async () => {
		const { worker, seen } = await start("thingcast-worker");
		expect(await worker.wake([accepted("a"), accepted("b")])).toBe(true);
		expect(seen).toMatchObject([
			{
				method: "POST",
				url: "/2023-03-30/functions/thingcast-worker/invocations",
				headers: { "x-fc-invocation-type": "Async" },
			},
		]);
		const payload = commandsOf(seen[0]?.body ?? "");
		expect(payload).toEqual([accepted("a"), accepted("b")]);
		expect(seen[0]?.headers["x-fc-async-delay"]).toBeUndefined();
	});

	it("speaks the path of the 2.0 edition", async () => {
		const { worker, seen } = await start("things/worker");
		expect(await worker.wake([accepted("a")])).toBe(true);
		expect(seen[0]?.url).toBe("/2016-08-15/services/things.LATEST/functions/worker/invocations");
	});

	it("invokes once for all commands of one second, whoever hands them over", async () => {
		const { worker, seen } = await start("w");
		await Promise.all([
			worker.wake([waiting("a", 5_200), waiting("b", 65_000)]),
			worker.wake([waiting("c", 5_900), accepted("d")]),
		]);
		const invocations = seen.map(({ body, headers }) => ({
			delay: headers["x-fc-async-delay"],
			ids: commandsOf(body).map(({ document }) => document.service),
		}));
		expect(invocations).toHaveLength(3);
		expect(invocations).toContainEqual({ delay: undefined, ids: ["d"] });
		expect(invocations.find(({ ids }) => ids.includes("a"))?.ids).toEqual(["a", "c"]);
	});

	it("never asks for more than an hour", async () => {
		const { worker, seen } = await start("w");
		await worker.wake([waiting("a", 7_200_000)]);
		expect(seen[0]?.headers["x-fc-async-delay"]).toBe("3600");
	});

	it("repeats what is throttled or broken, and gives up in good order", async () => {
		const { worker, seen } = await start("w", 429, 503);
		expect(await worker.wake([accepted("a")])).toBe(true);
		expect(seen).toHaveLength(3);
		const failing = await start("w", 500, 500, 500);
		expect(await failing.worker.wake([accepted("a")])).toBe(false);
		expect(logged.join()).toContain("the tick will find the commands");
	});

	it("does not repeat a refusal for good", async () => {
		const { worker, seen } = await start("w", 403);
		expect(await worker.wake([accepted("a")])).toBe(false);
		expect(seen).toHaveLength(1);
		expect(logged.join()).not.toContain("secret");
	});

	it("keeps an invocation small: a hundred commands, and what an asynchronous payload takes", async () => {
		const { worker, seen } = await start("w");
		await worker.wake(Array.from({ length: 250 }, (_, n) => accepted(`c${n}`)));
		const sizes = seen.map(({ body }) => commandsOf(body).length);
		expect(sizes.sort()).toEqual([100, 100, 50]);
		seen.length = 0;
		const args = JSON.stringify({ text: "x".repeat(50_000) });
		await worker.wake(["a", "b", "c"].map((service) => accepted(service, args)));
		expect(seen.map(({ body }) => body.length <= 128 * 1024)).toEqual([true, true]);
	});
});

/** The service tells them apart. */
const accepted = (service: string, args = "{}"): Stored<Command> => ({
	version: 1n,
	document: createCommand(
		"01KC0000000000000000000000",
		0,
		{
			device: { productKey: "pk", deviceName: "light" },
			service,
			args,
			argsForm: "json",
			expiresIn: 3600,
			replyTimeout: 60,
			onUnknown: "report",
			whenOffline: "fail",
			lane: "interactive",
			qos: 0,
		},
		{ type: "http", ref: null },
	),
});

function waiting(service: string, inMs: number): Stored<Command> {
	const { version, document } = accepted(service);
	return { version, document: { ...document, state: "waiting", wakeAt: Date.now() + inMs } };
}

function commandsOf(body: string): Stored<Command>[] {
	const payload = readPayload(Buffer.from(body));
	return "commands" in payload ? payload.commands : [];
}
