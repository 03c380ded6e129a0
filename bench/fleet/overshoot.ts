import { refused } from "../../test/support/world/scripted-platform.ts";
import { openFleet, runUntilEnded, startOver } from "./run.ts";

/** Every call fails from one on: how many more are made after the rule is reached. */
export async function overshoot(quick: boolean): Promise<string[][]> {
	const devices = quick ? 2_000 : 10_000;
	const run = openFleet({});
	const { world } = run;
	const inner = world.platform.script;
	const from = devices / 4;
	const calls: number[] = [];
	world.platform.script = (call, count) => {
		calls.push(world.clock.now());
		return calls.length > from ? refused("iot.prod.NotExistedProduct") : inner(call, count);
	};
	const stop = [
		// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
		{ states: ["failed"], percent: 5, minimum: 100, then: "pause" },
	];
	// In two waves, so that all calls are for one device each, and can be counted.
	const waves = [{ count: devices - 1 }, { percent: 100 }];
	const { id } = await startOver(run, devices, { stop, waves });
	const job = await runUntilEnded(run, id, 100);
	// 5 % of those that have ended: x of (from + x).
	const needed = Math.ceil(from + (0.05 * from) / 0.95);
	const over = calls.length - needed;
	return [
		[
			`overshoot of a stop rule, in a wave of ${devices - 1}`,
			`${over} devices, ${((over * 100) / devices).toFixed(1)} % (${job.state})`,
		],
	];
}
