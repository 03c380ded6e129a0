import { describe, expect, it } from "vitest";
import { answered, sent } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const COMMAND = JSON.stringify({ device: LIGHT, service: "Set" });

describe("when something fails on the way", () => {
	it("a command whose worker could not be invoked is found by the tick", async () => {
		const world = new World();
		world.platform.script = () => answered();
		world.invocationsWork = false;
		const { id } = await world.send({});
		expect(world.platform.calls).toHaveLength(0);
		world.invocationsWork = true;
		await world.clock.advance(120_000);
		expect((await world.get(id)).state).toBe("succeeded");
		expect(world.platform.calls).toHaveLength(1);
	});

	it("a command whose worker invocations die before they begin is brought back", async () => {
		const world = new World();
		world.platform.script = () => answered();
		world.workerDies = true;
		const { id } = await world.send({});
		await world.clock.advance(180_000);
		expect((await world.get(id)).state).toBe("accepted");
		world.workerDies = false;
		await world.clock.advance(120_000);
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("a worker that ends while it sends leaves the command unknown, not failed", async () => {
		const world = new World();
		world.platform.script = () => new Promise(() => {});
		const { id } = await world.send({});
		await world.clock.advance(1_000);
		expect((await world.get(id)).state).toBe("sending");
		await world.clock.advance(60_000);
		expect(await world.get(id)).toMatchObject({ state: "unknown", error: { code: "WorkerLost" } });
		expect(world.platform.calls).toHaveLength(1);
	});

	it("a worker that ends while it sends is followed by another if the command says resend", async () => {
		const world = new World();
		world.platform.script = (_, count) => (count === 1 ? new Promise(() => {}) : answered());
		const { id } = await world.send({ onUnknown: "resend" });
		await world.clock.advance(1_000);
		world.replaceWorker();
		await world.clock.advance(240_000);
		expect((await world.get(id)).state).toBe("succeeded");
		expect(world.platform.calls).toHaveLength(2);
	});

	it("an outcome that comes after the lease was given up is still written", async () => {
		const world = new World();
		let finish: (() => void) | undefined;
		world.platform.script = () =>
			new Promise((resolve) => {
				finish = () => resolve(answered());
			});
		const { id } = await world.send({});
		await world.clock.advance(120_000);
		expect((await world.get(id)).state).toBe("unknown");
		finish?.();
		await world.clock.advance(1);
		const command = await world.get(id);
		expect(command.state).toBe("succeeded");
		expect(command.attempts).toHaveLength(1);
	});

	it("a message id that comes after the lease was given up still finds its reply", async () => {
		const world = new World();
		let finish: (() => void) | undefined;
		world.platform.script = () =>
			new Promise((resolve) => {
				finish = () => resolve(sent("m1"));
			});
		const { id } = await world.send({});
		await world.clock.advance(120_000);
		finish?.();
		await world.clock.advance(1);
		expect(await world.get(id)).toMatchObject({ state: "unknown", messageId: "m1" });
		await world.reply("m1");
		expect((await world.get(id)).state).toBe("succeeded");
	});

	it("ends with no wake-up left behind", async () => {
		const world = new World();
		world.platform.script = (_, count) => (count % 3 === 0 ? new Promise(() => {}) : answered());
		await Promise.all(Array.from({ length: 9 }, () => world.send({})));
		await world.clock.advance(600_000);
		expect(world.dueCommands()).toEqual([]);
	});
});

describe("when something happens twice", () => {
	it("a redelivered message sends once", async () => {
		const world = new World();
		world.platform.script = () => answered();
		await world.deliver({ id: "m1", body: COMMAND });
		await world.deliver({ id: "m1", body: COMMAND }, { id: "m1", body: COMMAND });
		await world.clock.advance(180_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("a batch that comes back after its function died sends every message once", async () => {
		const world = new World();
		world.platform.script = () => answered();
		world.invocationsWork = false;
		const messages = Array.from({ length: 50 }, (_, n) => ({ id: `m${n}`, body: COMMAND }));
		await world.deliver(...messages);
		world.invocationsWork = true;
		await world.deliver(...messages);
		await world.clock.advance(180_000);
		expect(world.platform.calls).toHaveLength(50);
	});

	it("a timer that fires twice for one time sends once, and again at its next time", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const at = world.clock.now();
		await world.fire("morning", COMMAND, at);
		await world.fire("morning", COMMAND, at);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		await world.fire("morning", COMMAND, at + 1_000);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(2);
	});

	it("workers that are woken at the same time for one command send it once", async () => {
		const world = new World();
		world.platform.script = () => answered();
		world.invocationsWork = false;
		const { id } = await world.send({});
		world.invocationsWork = true;
		const stored = await world.stores.commands.get(id);
		if (!stored) throw new Error("not stored");
		await Promise.all(
			Array.from({ length: 20 }, () => {
				world.replaceWorker();
				return world.wake([stored]);
			}),
		);
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		expect((await world.get(id)).attempts).toHaveLength(1);
	});

	it("the same explicit key means the same command, by HTTP and by queue", async () => {
		const world = new World();
		world.platform.script = () => answered();
		const { id } = await world.send({}, { "idempotency-key": "k1" });
		const body = JSON.stringify({ device: LIGHT, service: "Set", idempotencyKey: "k1" });
		await world.deliver({ id: "m1", body });
		await world.clock.advance(1_000);
		expect(world.platform.calls).toHaveLength(1);
		expect((await world.get(id)).source.type).toBe("http");
	});
});

describe("near the time limit of the worker", () => {
	it("what is left is handed on, and sent once", async () => {
		const world = new World({ workerTimeout: 60, quotaPerSecond: 1 });
		world.platform.script = () => answered();
		world.ticking = false;
		await world.deliver(...Array.from({ length: 90 }, (_, n) => ({ id: `m${n}`, body: COMMAND })));
		await world.clock.advance(200_000);
		expect(world.platform.calls).toHaveLength(90);
		const wakes = world.wakes.map(({ ids }) => ids.length);
		expect(wakes[0]).toBe(90);
		expect(wakes.length).toBeGreaterThanOrEqual(3);
		expect(world.logged).toEqual([]);
	});

	it("a command that waits for its next attempt is handed on with that delay", async () => {
		const world = new World({ workerTimeout: 25, random: () => 0.99 });
		world.platform.script = (_, count) =>
			count < 9 ? { kind: "unreachable", code: "ECONNREFUSED", message: "" } : answered();
		world.ticking = false;
		const { id } = await world.send({});
		await world.clock.advance(120_000);
		expect((await world.get(id)).state).toBe("succeeded");
		expect(world.wakes.slice(1).some(({ delayMs }) => delayMs > 0)).toBe(true);
	});
});
