import { describe, expect, it } from "vitest";
import { LaggingIndexes } from "../support/table/lagging-indexes.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const PHASES_MS = Array.from({ length: 60 }, (_, second) => second * 1_000);
/** A lease (30 s), an expiry or a reply's deadline, the slack of a wake-up, and two ticks. */
const ENDED_WITHIN_MS = 240_000;

describe("a command ends, whenever in its minute the tick comes", () => {
	it.each([
		["whose worker ended while it was sending", "unknown"],
		["whose worker was never invoked", "succeeded"],
		["whose reply never came", "timed_out"],
	])("%s: as %s", async (what, state) => {
		for (const tickPhaseMs of PHASES_MS) {
			const world = new World({ tickPhaseMs });
			if (what.includes("sending")) world.platform.script = () => new Promise(() => {});
			if (what.includes("invoked")) {
				world.platform.script = () => answered();
				world.invocationsWork = false;
			}
			const { id } = await world.send({ replyTimeout: 30 });
			world.invocationsWork = true;
			await world.clock.advance(ENDED_WITHIN_MS);
			// As the row says it: reading through the API would settle it.
			const stored = await world.stores.commands.get(id);
			expect(stored?.document.state, `the tick comes ${tickPhaseMs} ms after`).toBe(state);
			expect(world.dueCommands()).toEqual([]);
		}
	});
});

describe("a tick whose index lags behind by minutes", () => {
	const LAG_MS = 180_000;
	const lagging = () =>
		new World({ table: (memory, clock) => new LaggingIndexes(memory, clock, () => LAG_MS) });

	it("still finds a command that nobody was told of, and sends it once", async () => {
		const world = lagging();
		world.platform.script = () => answered();
		world.invocationsWork = false;
		const { id } = await world.send({});
		world.invocationsWork = true;
		await world.clock.advance(LAG_MS + 180_000);
		expect((await world.get(id)).state).toBe("succeeded");
		expect(world.platform.calls).toHaveLength(1);
	});

	it("acts on what the rows say, not on what the index says", async () => {
		const world = lagging();
		world.platform.script = () => answered();
		const ids: string[] = [];
		for (let n = 0; n < 20; n++) {
			ids.push((await world.send({})).id);
			await world.clock.advance(15_000);
		}
		await world.clock.advance(600_000);
		expect(world.platform.calls).toHaveLength(ids.length);
		for (const id of ids) expect((await world.get(id)).state).toBe("succeeded");
	});
});
