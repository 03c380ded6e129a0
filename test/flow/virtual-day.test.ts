import { afterAll, beforeAll, expect, it } from "vitest";
import { DAY_DELIVERIES, DAY_MS, DAY_TIMERS, deliveriesOf } from "../support/cloud/day.ts";
import { buildProject, removeProject } from "../support/cloud/project.ts";
import { startVirtualCloud, type VirtualCloud } from "../support/cloud/virtual-cloud.ts";

let project: string;
let world: VirtualCloud;

beforeAll(async () => {
	// With the tick of every minute, as s.yaml has it: npm run bench -- day.
	project = await buildProject(DAY_TIMERS, { tick: "0 */4 * * * *" });
	world = await startVirtualCloud(project);
});
afterAll(async () => {
	await world?.close();
	removeProject(project);
});

it("a day of timers' commands reaches the device, each once and at its second", async () => {
	await world.clock.advance(DAY_MS);
	expect(deliveriesOf(world)).toEqual(DAY_DELIVERIES);
	expect(world.clock.now()).toBe(world.startedAt + DAY_MS);
}, 120_000);
