import { SimulatedFleet } from "../../test/support/fleet/simulated-fleet.ts";
import { refused } from "../../test/support/world/scripted-platform.ts";
import { type FleetRun, openFleet, runUntilEnded, startOver } from "./run.ts";

const REPLY_MS = 500;
const PER_SECOND = 500;

const stop = [
	// biome-ignore lint/suspicious/noThenProperty: the word of the API, and no function.
	{ states: ["failed"], percent: 5, minimum: 100, then: "pause" },
];

/** All fails from one device on: how many more are sent to after the rule is reached. */
export async function overshoot(quick: boolean): Promise<string[][]> {
	const devices = quick ? 2_000 : 10_000;
	// 5 % of those that have ended: x of (from + x).
	const from = devices / 4;
	const needed = Math.ceil(from + (0.05 * from) / 0.95);
	const row = (what: string, over: number, state: string) => [
		`overshoot of a stop rule in a wave of ${devices - 1}, ${what}`,
		`${over} devices, ${((over * 100) / devices).toFixed(1)} % (${state})`,
	];

	const refusing = openFleet({});
	const inner = refusing.world.platform.script;
	let calls = 0;
	refusing.world.platform.script = (call, count) =>
		++calls > from ? refused("iot.prod.NotExistedProduct") : inner(call, count);
	const stopped = await run(refusing, devices);

	const failing = openFleet({});
	const fleet = new SimulatedFleet(failing.world, {
		replyMs: REPLY_MS,
		codeOf: (nth) => (nth > from ? 460 : 200),
	});
	const late = await run(failing, devices);
	const inFlight = (REPLY_MS / 1000) * PER_SECOND;
	return [
		row("calls that are refused", calls - needed, stopped),
		row(`replies that say no (${inFlight} were in flight)`, fleet.sentAt.length - needed, late),
	];
}

async function run(over: FleetRun, devices: number): Promise<string> {
	// In two waves, so that all calls are for one device each, and can be counted.
	const waves = [{ count: devices - 1 }, { percent: 100 }];
	const { id } = await startOver(over, devices, { stop, waves });
	return (await runUntilEnded(over, id, 100)).state;
}
