import { inTurn } from "../../shared/job/waves.ts";
import { findTargets } from "../../shared/lifecycle/find-targets.ts";
import { devicesOf } from "../../test/support/fleet/fleet.ts";
import { World } from "../../test/support/world/world.ts";

/** The registry's devices by a query, until each has its turn: real time on this machine, the table in memory. */
export async function resolveByQuery(count: number): Promise<string[][]> {
	const world = new World();
	const { stores, memory } = world;
	for (const [index, { productKey, deviceName }] of devicesOf(count).entries()) {
		await stores.devices.note(productKey, deviceName, 0, (one) => ({
			...one,
			tags: { floor: String(index % 4) },
			status: "online",
		}));
	}
	// Not performance.now(), which follows the clock of the world.
	const begun = process.hrtime.bigint();
	const query = "productKey = 'pk' and tags.floor in ('0', '1', '2', '3') and online";
	const found = await findTargets({ ...stores, table: memory }, { kind: "query", query }, 0);
	inTurn("job", found.devices);
	const ms = Number(process.hrtime.bigint() - begun) / 1e6;
	return [
		[`${found.devices.length} devices by a query, in real time`, `${(ms / 1000).toFixed(2)} s`],
	];
}
