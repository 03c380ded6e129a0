import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import { type Running, startFixture, virtualClock } from "../support/fc/start.ts";

const START = Date.UTC(2026, 0, 1);

let running: Running | undefined;

afterEach(async () => {
	await running?.close();
	running = undefined;
});

async function start() {
	const { clock, follow } = virtualClock();
	running = await startFixture({ clock, fc: { virtualTime: true } });
	follow(running.fc);
	return { at: running, clock };
}

/** The asynchronous requests that ended well, as their destination was told of them. */
function results(at: Running): Record<string, unknown>[] {
	return at.mns.queues.receive("successes", 10, 1_000).map(({ body }) => {
		const { responsePayload } = JSON.parse(body) as { responsePayload: string };
		return JSON.parse(responsePayload) as Record<string, unknown>;
	});
}

function send(at: Running, action: object) {
	return at.client.invokeFunction("s", "echo", JSON.stringify(action), {
		"x-fc-invocation-type": "Async",
	});
}

describe("an instance that follows the virtual clock", () => {
	it("sees its time, and its timers fire by it", async () => {
		const { at, clock } = await start();
		await clock.advance(10_000);
		await send(at, { action: "time", ms: 3_200 });
		await clock.advance(3_699);
		expect(results(at)).toEqual([]);
		await clock.advance(1);
		expect(results(at)).toEqual([
			{ began: "2026-01-01T00:00:10.000Z", ended: START + 13_700, ticks: 3, isDate: true },
		]);
	});

	it("is killed when the function's timeout has passed by that clock", async () => {
		const { at, clock } = await start();
		const answer = at.client.invokeFunction(
			"s",
			"echo",
			JSON.stringify({ action: "sleep", ms: 9_000 }),
		);
		await clock.run(answer);
		expect((await answer).data).toEqual({
			errorMessage: expect.stringMatching(/^Function timed out after 5 seconds/),
		});
		expect(clock.now()).toBe(START + 5_000);
	});

	it("is given the time it really needs for a request to another service", async () => {
		const { at, clock } = await start();
		const server = createServer((_, response) => {
			void systemClock.sleep(60).then(() => response.end("late"));
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as AddressInfo;
		await send(at, { action: "ask", url: `http://127.0.0.1:${port}/`, ms: 1_000 });
		await clock.advance(60_000);
		server.close();
		expect(results(at)).toEqual([{ status: 200, now: START }]);
	});

	it("takes its place in hours that pass in seconds", async () => {
		const { at, clock } = await start();
		for (let hour = 0; hour < 6; hour++) {
			await send(at, { action: "time", ms: 1_000 });
			await clock.advance(3_600_000);
		}
		const ended = at.mns.queues.receive("successes", 100, 1_000);
		expect(ended).toHaveLength(6);
		expect(clock.now()).toBe(START + 6 * 3_600_000);
	});
});
