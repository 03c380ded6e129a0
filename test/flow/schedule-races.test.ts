import { describe, expect, it } from "vitest";
import type { Row, TableName } from "../../shared/table/table.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { LIGHT, World } from "../support/world/world.ts";

const COMMAND = { device: LIGHT, service: "Set", args: { level: 1 } };
const WHEN = { cron: "30 10 0 * * *", timeZone: "UTC" };

/**
 * A tick has stored the commands of a run and is about to move the schedule on,
 * when somebody edits it: `edit` happens right before that write.
 */
async function editedDuringTick(edit: (world: World, path: string) => Promise<unknown>) {
	let armed: (() => Promise<unknown>) | undefined;
	const world = new World({
		table: (memory) => ({
			get: (...args) => memory.get(...args),
			remove: (...args) => memory.remove(...args),
			range: (...args) => memory.range(...args),
			async put(table: TableName, row: Row, condition) {
				if (table === "schedules" && armed) {
					const now = armed;
					armed = undefined;
					await now();
				}
				return memory.put(table, row, condition);
			},
		}),
	});
	world.platform.script = () => answered();
	world.ticking = false;
	const { body } = await world.request("POST", "/v1/schedules", {
		body: { when: WHEN, command: COMMAND },
	});
	const path = `/v1/schedules/${body.id}`;
	await world.clock.advance(5 * 60_000);
	armed = () => edit(world, path);
	await world.fire("tick", "");
	world.ticking = true;
	await world.clock.advance(10 * 60_000);
	return { world, path, args: world.platform.calls.map((call) => call.args) };
}

describe("a schedule that is edited while a tick starts its run", () => {
	it("and paused: nothing is sent", async () => {
		const { args } = await editedDuringTick((world, path) =>
			world.request("POST", `${path}/pause`),
		);
		expect(args).toEqual([]);
	});

	it("and deleted: nothing is sent", async () => {
		const { args, world } = await editedDuringTick((world, path) => world.request("DELETE", path));
		expect(args).toEqual([]);
		await world.clock.advance(86_400_000 + 1_200_000);
		expect(world.dueCommands()).toEqual([]);
	});

	it("and its next run skipped: that one is not sent, the next day's is", async () => {
		const { args, world } = await editedDuringTick((world, path) =>
			world.request("POST", `${path}/skip`),
		);
		expect(args).toEqual([]);
		await world.clock.advance(86_400_000);
		expect(world.platform.calls).toHaveLength(1);
	});

	it("and changed: the run is sent once, as changed", async () => {
		const { args } = await editedDuringTick((world, path) =>
			world.request("PUT", path, {
				body: { when: WHEN, command: { ...COMMAND, args: { level: 2 } } },
			}),
		);
		expect(args).toEqual(['{"level":2}']);
	});

	it("and renamed only: the run is sent once", async () => {
		const { args } = await editedDuringTick((world, path) =>
			world.request("PUT", path, { body: { name: "n", when: WHEN, command: COMMAND } }),
		);
		expect(args).toEqual(['{"level":1}']);
	});

	it("by another tick: the run is sent once", async () => {
		const { args } = await editedDuringTick((world) => world.fire("tick", ""));
		expect(args).toEqual(['{"level":1}']);
	});
});
