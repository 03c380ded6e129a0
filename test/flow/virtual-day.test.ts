import { afterAll, beforeAll, expect, it } from "vitest";
import { buildProject, removeProject } from "../support/cloud/project.ts";
import { startVirtualCloud, type VirtualCloud } from "../support/cloud/virtual-cloud.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const device = {
	productKey: "$" + "{vars.example.productKey}",
	deviceName: "$" + "{vars.example.deviceName}",
};

/** Triggers that s.yaml gets besides the tick of every minute, which runs as well. */
const TIMERS = [
	{
		name: "every-half-hour",
		cronExpression: "15 */30 * * * *",
		command: { device, service: "Set", args: { param1: 30 } },
	},
	{
		name: "in-the-morning",
		cronExpression: "CRON_TZ=Asia/Shanghai 5 0 7 * * *",
		command: { device, service: "Reboot" },
	},
	{
		name: "every-five-hours",
		cronExpression: "@every 5h",
		command: { device, service: "Calibrate", args: { offset: 1 } },
	},
];

let project: string;
let world: VirtualCloud;

beforeAll(async () => {
	project = await buildProject(TIMERS);
	world = await startVirtualCloud(project);
});
afterAll(async () => {
	await world?.close();
	removeProject(project);
});

it("a day of timers' commands reaches the device, each once and at its second", async () => {
	await world.clock.advance(DAY_MS);
	const times = (service: string) => world.deliveries(service).map(({ at }) => at);
	expect(times("Set")).toEqual(
		Array.from({ length: 48 }, (_, index) => 15_000 + (index * HOUR_MS) / 2),
	);
	// Seven in Shanghai is eleven in the evening of UTC, in which the day began.
	expect(times("Reboot")).toEqual([23 * HOUR_MS + 5_000]);
	expect(times("Calibrate")).toEqual([5, 10, 15, 20].map((hours) => hours * HOUR_MS));
	expect(world.clock.now()).toBe(world.startedAt + DAY_MS);
}, 120_000);
