import { afterEach, expect, it } from "vitest";
import { runProject, type VirtualProject } from "../support/project/virtual-project.ts";

let world: VirtualProject | undefined;
afterEach(async () => {
	await world?.close();
	world = undefined;
});

const DAYS = 30;
const DAY_MS = 86_400_000;
const TIMERS = 30;
/** Of real time; a tenth of it where nothing else runs. What waits for real seconds at each run would take hours. */
const LIMIT_MS = 120_000;

/** A run lasts a second of the clock. */
const CODE = `
exports.handler = async (event) => {
	console.log("ran", JSON.parse(event).triggerName, Date.now());
	await new Promise((resolve) => setTimeout(resolve, 1_000));
};
`;

const trigger = (index: number) => ({
	triggerName: `t${index}`,
	triggerType: "timer",
	// Two of them are always due at the same moment.
	triggerConfig: { cronExpression: `0 0 ${Math.floor(index / 2)} * * *`, enable: true },
});

const STACK = {
	edition: "3.0.0",
	name: "month",
	resources: {
		a: {
			component: "fc3",
			props: {
				region: "cn-shanghai",
				functionName: "a",
				runtime: "nodejs20",
				handler: "index.handler",
				code: "./a",
				timeout: 10,
				memorySize: 256,
				cpu: 0.25,
				diskSize: 512,
				triggers: Array.from({ length: TIMERS }, (_, index) => trigger(index)),
			},
		},
	},
};

it("a month of 30 timers waits for no real seconds, every run at its second and in order", async () => {
	world = await runProject(
		{ "s.yaml": JSON.stringify(STACK), "a/index.js": CODE },
		// A start a run would be most of its time.
		{ idleInstanceMs: DAY_MS },
	);
	const startedAt = world.clock.now();
	const began = performance.now();
	await world.clock.advance(DAYS * DAY_MS);
	expect(performance.now() - began).toBeLessThan(LIMIT_MS);
	const runs = world.logs.flatMap((line) => {
		const [, name = "", at] = /ran (t\d+) (\d+)$/.exec(line) ?? [];
		return at === undefined ? [] : [{ index: Number(name.slice(1)), at: Number(at) - startedAt }];
	});
	expect(runs).toHaveLength(DAYS * TIMERS);
	for (const { index, at } of runs) expect(at % DAY_MS).toBe(Math.floor(index / 2) * 3_600_000);
	expect(runs.map(({ at }) => at)).toEqual(runs.map(({ at }) => at).toSorted((a, b) => a - b));
}, 180_000);
