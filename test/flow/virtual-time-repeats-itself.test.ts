import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultRequest } from "../../local/faults/index.ts";
import { buildProject, removeProject } from "../support/cloud/project.ts";
import { startVirtualCloud, type VirtualCloud } from "../support/cloud/virtual-cloud.ts";

const REPETITIONS = 20;
const MINUTE_MS = 60_000;

let project: string;
beforeAll(async () => {
	project = await buildProject();
});
afterAll(() => removeProject(project));

interface Step {
	readonly fault?: FaultRequest;
	readonly command: object;
}

/** What was sent and what became of it, without what is new every time: ids. */
async function history(world: VirtualCloud, steps: readonly Step[]): Promise<object> {
	const startedAt = world.clock.now();
	const since = (time: string) => Date.parse(time) - startedAt;
	const delivered = world.deliveries().length;
	const ids: string[] = [];
	for (const { fault, command } of steps) {
		if (fault) await world.cloud.faults.start(fault);
		ids.push((await world.send(command)).id);
		await world.clock.advance(5_000);
		world.cloud.faults.clear();
	}
	await world.clock.advance(MINUTE_MS - steps.length * 5_000);
	const commands = await Promise.all(ids.map((id) => world.command(id)));
	return {
		commands: commands.map(({ state, error, attempts, createdAt, updatedAt }) => ({
			state,
			error: error?.code,
			createdAt: since(createdAt),
			updatedAt: since(updatedAt),
			attempts: attempts.map(({ at, code }) => ({ at: since(at), code })),
		})),
		received: world
			.deliveries()
			.slice(delivered)
			.map(({ at, params }) => ({
				at: at + world.startedAt - startedAt,
				params,
			})),
	};
}

describe("the same script at the same virtual time", () => {
	it(`has the same history ${REPETITIONS} times out of ${REPETITIONS}`, async () => {
		const world = await startVirtualCloud(project);
		try {
			const steps: readonly Step[] = [
				{ command: { service: "Set", args: { param1: 1 } } },
				{ fault: { fault: "silence devices" }, command: { service: "Reboot", replyTimeout: 20 } },
			];
			const first = await history(world, steps);
			expect(first).toMatchObject({
				commands: [{ state: "succeeded" }, { state: "timed_out" }],
				received: [{ at: 0 }, { at: 5_000 }],
			});
			for (let repetition = 1; repetition < REPETITIONS; repetition++) {
				expect(await history(world, steps)).toEqual(first);
			}
		} finally {
			await world.close();
		}
	}, 60_000);

	it("has the same history in another local cloud, its chances included", async () => {
		const histories: object[] = [];
		for (let run = 0; run < 2; run++) {
			const world = await startVirtualCloud(project, { random: repeatable() });
			try {
				const fault = { fault: "throttle iot", share: 0.8 };
				const command = { service: "Set", args: { param1: 1 } };
				histories.push(await history(world, [{ fault, command }]));
			} finally {
				await world.close();
			}
		}
		const [first, second] = histories;
		expect(JSON.stringify(first)).toContain("Throttling.User");
		expect(second).toEqual(first);
	}, 60_000);
});

/** The same numbers in [0, 1) every time. */
function repeatable(): () => number {
	let state = 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}
