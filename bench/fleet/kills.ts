import { getJob, sum } from "../../test/support/fleet/fleet.ts";
import { SimulatedFleet } from "../../test/support/fleet/simulated-fleet.ts";
import { seededRandom } from "../../test/support/random.ts";
import { mortal } from "../../test/support/table/mortal-table.ts";
import { World } from "../../test/support/world/world.ts";
import { startOver } from "./run.ts";

const OUTAGE_MS = 120_000;

/** A job whose worker dies every few seconds, and whose table store is away for two minutes. */
export async function exactThroughKills(quick: boolean): Promise<string[][]> {
	const [devices, wanted] = quick ? [300, 20] : [3_000, 200];
	const random = seededRandom(7);
	let out = false;
	const fate = { dead: false, out: () => out };
	const world = new World({ random, table: (memory) => mortal(memory, fate) });
	const fleet = new SimulatedFleet(world);
	const rows = { reads: 0, writes: 0 };
	const command = { service: "Set", args: {}, expiresIn: 2_000_000, replyTimeout: 600 };
	const body = { rate: { perSecond: 1 }, command };
	const { id } = await startOver({ world, fleet, rows }, devices, body);
	let kills = 0;
	let inexact = 0;
	let job = await getJob(world, id);
	for (let step = 0; job.state !== "completed" && step < 20_000; step++) {
		await world.clock.advance(Math.floor(random() * 15_000));
		if (kills < wanted && random() < 0.7) {
			kills++;
			world.killWorker();
		}
		if (step === Math.floor(wanted / 2)) {
			out = true;
			await world.clock.advance(OUTAGE_MS);
			out = false;
		}
		job = await getJob(world, id);
		if (sum(job.counts) !== devices) inexact++;
	}
	await world.clock.advance(OUTAGE_MS);
	job = await getJob(world, id);
	const twice = [...fleet.received.values()].filter((times) => times > 1).length;
	const { succeeded = 0, unknown = 0 } = job.counts ?? {};
	return [
		[
			`${kills} kills and an outage of 2 minutes, ${devices} devices: ${job.state}`,
			`${succeeded} succeeded, ${unknown} unknown, ${devices - succeeded - unknown} lost, ${twice} twice, ${inexact} wrong sums`,
		],
	];
}
