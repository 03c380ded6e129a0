import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Running, startFixture, virtualClock } from "../support/fc/start.ts";

let running: Running | undefined;

afterEach(async () => {
	await running?.close();
	running = undefined;
});

async function start(dir?: string) {
	const { clock, follow } = virtualClock();
	running = await startFixture({ clock, ...(dir ? { dir } : {}) });
	follow(running.fc);
	return { at: running, clock };
}

interface Tick {
	readonly triggerName: string;
	readonly triggerTime: string;
	readonly payload: string;
}

function ticks(at: Running, name?: string): Tick[] {
	const file = join(at.dir, "timers");
	if (!existsSync(file)) return [];
	const all = readFileSync(file, "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Tick);
	return name ? all.filter(({ triggerName }) => triggerName === name) : all;
}

describe("timer triggers", () => {
	it("fire at the times of their expression, with the documented event", async () => {
		const { at, clock } = await start();
		await clock.advance(59_999);
		expect(ticks(at)).toEqual([]);
		await clock.advance(1);
		expect(ticks(at)).toEqual([
			{ triggerTime: "2026-01-01T00:01:00Z", triggerName: "every-minute", payload: "tick" },
		]);
		await clock.advance(14 * 60_000);
		expect(ticks(at, "every-minute")).toHaveLength(15);
		expect(ticks(at, "every-four").map(({ triggerTime }) => triggerTime)).toEqual([
			"2026-01-01T00:04:00Z",
			"2026-01-01T00:08:00Z",
			"2026-01-01T00:12:00Z",
		]);
		expect(ticks(at, "asleep")).toEqual([]);
	});

	it("know time zones", async () => {
		const { at, clock } = await start();
		await clock.advance(30 * 60_000);
		// 08:30 in Shanghai is 00:30 in UTC.
		expect(ticks(at, "shanghai-morning")).toEqual([
			{ triggerTime: "2026-01-01T00:30:00Z", triggerName: "shanghai-morning", payload: "morning" },
		]);
	});

	it("do not make up for the time when nothing ran", async () => {
		const first = await start();
		await first.at.stop();
		running = undefined;
		const { clock, follow } = virtualClock();
		await clock.advance(10 * 60_000);
		running = await startFixture({ clock, dir: first.at.dir });
		follow(running.fc);
		await clock.advance(60_000);
		expect(ticks(running, "every-minute").map(({ triggerTime }) => triggerTime)).toEqual([
			"2026-01-01T00:11:00Z",
		]);
	});

	it("can be fired by hand, with another payload", async () => {
		const { at } = await start();
		await at.fc.fireTimer("ticking", "every-minute", "by hand");
		await at.fc.settle();
		expect(ticks(at)).toEqual([
			{ triggerTime: "2026-01-01T00:00:00Z", triggerName: "every-minute", payload: "by hand" },
		]);
		await expect(at.fc.fireTimer("ticking", "nobody")).rejects.toThrow(/no timer trigger nobody/);
	});

	it("are not reported to destinations", async () => {
		const { at, clock } = await start();
		await clock.advance(60_000);
		expect(ticks(at)).toHaveLength(1);
		expect(at.mns.queues.receive("successes", 10, 1_000)).toEqual([]);
	});
});
