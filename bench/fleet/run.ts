import { devicesOf, getJob, type ShownJob, startJob } from "../../test/support/fleet/fleet.ts";
import { SimulatedFleet } from "../../test/support/fleet/simulated-fleet.ts";
import { seededRandom } from "../../test/support/random.ts";
import { counting, type RowCounts } from "../../test/support/table/counting-table.ts";
import { World, type WorldOptions } from "../../test/support/world/world.ts";

/** As many as one request lists. */
const LISTED = 10_000;

export interface FleetRun {
	readonly world: World;
	readonly fleet: SimulatedFleet;
	readonly rows: RowCounts;
}

export function openFleet(
	options: WorldOptions & {
		readonly seed?: number;
		readonly isOffline?: (name: string) => boolean;
	},
): FleetRun {
	const rows = { reads: 0, writes: 0 };
	const world = new World({
		random: seededRandom(options.seed ?? 1),
		table: (memory) => counting(memory, rows),
		...options,
	});
	const fleet = new SimulatedFleet(world, {
		repliesPerSecond: 1_000,
		...(options.isOffline ? { isOffline: options.isOffline } : {}),
	});
	return { world, fleet, rows };
}

/** The devices come into the registry, and the job finds them by a query; few are listed. */
export async function startOver(
	{ world }: FleetRun,
	count: number,
	body: object = {},
): Promise<ShownJob> {
	const command = { service: "Set", args: {}, replyTimeout: 600 };
	const devices = devicesOf(count);
	if (count <= LISTED) return startJob(world, { targets: { devices }, command, ...body });
	const now = world.clock.now();
	for (const { productKey, deviceName } of devices) {
		await world.stores.devices.note(productKey, deviceName, now, (device) => device);
	}
	return startJob(world, { targets: { query: "productKey = 'pk'" }, command, ...body });
}

const ENDED: readonly string[] = ["completed", "canceled", "paused"];

/** Lets time pass until the job has ended. */
export async function runUntilEnded(
	{ world }: FleetRun,
	id: string,
	stepMs = 2_000,
): Promise<ShownJob> {
	for (let step = 0; step < 20_000; step++) {
		const stored = await world.stores.jobs.get(id);
		if (ENDED.includes(stored?.document.state ?? "")) return getJob(world, id);
		await world.clock.advance(stepMs);
	}
	throw new Error(`job ${id} does not end`);
}
