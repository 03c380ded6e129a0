import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import {
	eventually,
	RUNTIMES,
	type Running,
	startFixture,
	virtualClock,
} from "../support/fc/start.ts";

let running: Running | undefined;

afterEach(async () => {
	await running?.close();
	running = undefined;
});

function invoke(to: Running, name: string, action: string, more: object = {}) {
	return to.client.invokeFunction("s", name, JSON.stringify({ action, ...more }));
}

async function answerOf(call: ReturnType<typeof invoke>): Promise<Record<string, unknown>> {
	const { data } = await call;
	return (typeof data === "string" ? JSON.parse(data) : data) as Record<string, unknown>;
}

describe.each(RUNTIMES)("an instance of %s", (runtime) => {
	async function start(options: Parameters<typeof startFixture>[0] = {}): Promise<Running> {
		running = await startFixture({ ...options, runtime });
		return running;
	}

	it("is used again, one invocation at a time, and another is started beside it", async () => {
		const fixture = await start();
		const first = await answerOf(invoke(fixture, "echo", "count"));
		const again = await answerOf(invoke(fixture, "echo", "count"));
		expect(again).toEqual({ ...first, count: 2 });
		const began = join(fixture.dir, "began");
		const until = join(fixture.dir, "go");
		const calls = [1, 2].map(() => answerOf(invoke(fixture, "echo", "hold", { began, until })));
		await eventually(
			() => existsSync(began) && readFileSync(began, "utf8").split("\n").length === 3,
		);
		writeFileSync(until, "");
		const both = await Promise.all(calls);
		expect(new Set(both.map(({ instance }) => instance)).size).toBe(2);
		// The fixture has a timer, too: what its function does is none of this test's business.
		const ofEcho = fixture.fc.instances().filter(({ functionName }) => functionName === "echo");
		expect(ofEcho).toHaveLength(2);
	});

	it("without a cap in s.yaml is one of at most maxInstancesPerFunction: others wait", async () => {
		const at = await start({ fc: { maxInstancesPerFunction: 2 } });
		const began = join(at.dir, "began");
		const until = join(at.dir, "go");
		const calls = [1, 2, 3].map(() => answerOf(invoke(at, "echo", "hold", { began, until })));
		const begun = () =>
			existsSync(began) ? readFileSync(began, "utf8").split("\n").length - 1 : 0;
		await eventually(() => begun() === 2);
		expect(at.fc.instances()).toHaveLength(2);
		writeFileSync(until, "");
		const answers = await Promise.all(calls);
		expect(new Set(answers.map(({ instance }) => instance)).size).toBe(2);
		expect(begun()).toBe(3);
	});

	it("beyond reservedConcurrency is refused with 429, and free again afterwards", async () => {
		const at = await start();
		const began = join(at.dir, "began");
		const until = join(at.dir, "go");
		const held = invoke(at, "single", "hold", { began, until });
		await eventually(() => existsSync(began));
		await expect(invoke(at, "single", "echo")).rejects.toMatchObject({
			name: "FCResourceExhaustedError",
			message: expect.stringContaining("failed with 429"),
		});
		writeFileSync(until, "");
		await held;
		await expect(invoke(at, "single", "text", { value: "free" })).resolves.toMatchObject({
			data: "free",
		});
	});

	it("that takes too long is killed at the function's timeout", async () => {
		const { clock, follow } = virtualClock();
		const at = await start({ clock });
		const began = join(at.dir, "began");
		const held = invoke(at, "single", "hold", { began, until: join(at.dir, "never") });
		const pid = Number(await eventually(() => existsSync(began) && readFileSync(began, "utf8")));
		await clock.advance(999);
		expect(isAlive(pid)).toBe(true);
		await clock.advance(1);
		const answer = await held;
		follow(at.fc);
		expect(answer.headers["x-fc-error-type"]).toBe("UnhandledInvocationError");
		expect(answer.data).toEqual({
			errorMessage: expect.stringMatching(/^Function timed out after 1 seconds/),
		});
		await eventually(() => !isAlive(pid));
		await expect(invoke(at, "single", "text", { value: "next" })).resolves.toMatchObject({
			data: "next",
		});
	});

	it("that exits answers the documented error and is replaced", async () => {
		const at = await start();
		const before = await answerOf(invoke(at, "echo", "count"));
		expect(await answerOf(invoke(at, "echo", "crash"))).toEqual({
			errorMessage: expect.stringMatching(
				/^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: [\d.]+MB\)$/,
			),
		});
		const after = await answerOf(invoke(at, "echo", "count"));
		expect(after["count"]).toBe(1);
		expect(after["instance"]).not.toBe(before["instance"]);
	});

	it("killed by kill -9 in the middle of an invocation ends that one only", async () => {
		const at = await start();
		const began = join(at.dir, "began");
		const until = join(at.dir, "go");
		const doomed = invoke(at, "echo", "hold", { began, until });
		const pid = Number(await eventually(() => existsSync(began) && readFileSync(began, "utf8")));
		const other = join(at.dir, "other");
		const healthy = invoke(at, "echo", "hold", { began: other, until });
		await eventually(() => existsSync(other));
		process.kill(pid, "SIGKILL");
		expect(await answerOf(doomed)).toEqual({
			errorMessage: expect.stringMatching(/^Process exited unexpectedly/),
		});
		writeFileSync(until, "");
		expect(await answerOf(healthy)).toHaveProperty("instance");
		expect(at.fc.instances()).toHaveLength(1);
	});

	it("that needs more memory than memorySize is ended", async () => {
		const at = await start();
		expect(await answerOf(invoke(at, "echo", "allocate"))).toEqual({
			errorMessage: expect.stringMatching(/^Process exited unexpectedly/),
		});
	});

	it("is frozen between invocations", async () => {
		const at = await start();
		const file = join(at.dir, "ticks");
		writeFileSync(file, "");
		await invoke(at, "echo", "background", { file });
		const [instance] = at.fc.instances();
		await eventually(() => processState(instance?.pid) === "T");
		const ticks = readFileSync(file, "utf8");
		await systemClock.sleep(50);
		expect(readFileSync(file, "utf8")).toBe(ticks);
		await invoke(at, "echo", "sleep", { ms: 30 });
		expect(readFileSync(file, "utf8").length).toBeGreaterThan(ticks.length);
	});

	it("that was idle for long is stopped, its preStop hook run", async () => {
		const { clock, follow } = virtualClock();
		const at = await start({ clock, fc: { idleInstanceMs: 30_000 } });
		follow(at.fc);
		const { instance } = await answerOf(invoke(at, "echo", "count"));
		await clock.advance(29_000);
		expect(at.fc.instances()).toHaveLength(1);
		await clock.advance(1_000);
		const stops = join(at.dir, "stops");
		await eventually(() => existsSync(stops) && readFileSync(stops, "utf8") === `${instance}\n`);
		expect(at.fc.instances()).toEqual([]);
	});

	it("runs preStop when the service closes, and leaves no process", async () => {
		const at = await start();
		const { instance } = await answerOf(invoke(at, "echo", "count"));
		const [info] = at.fc.instances();
		await at.stop();
		expect(readFileSync(join(at.dir, "stops"), "utf8")).toBe(`${instance}\n`);
		expect(isAlive(info?.pid ?? 0)).toBe(false);
		rmSync(at.dir, { recursive: true });
		running = undefined;
	});
});

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return processState(pid) !== "Z";
	} catch {
		return false;
	}
}

/** `T` is stopped, `Z` ended and not yet collected; see proc(5). */
function processState(pid: number | undefined): string | undefined {
	try {
		return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
	} catch {
		return undefined;
	}
}
