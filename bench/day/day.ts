/** A day of the whole local cloud in virtual time, s.yaml as it is: the tick of every minute and timers that send commands. */
import { isDeepStrictEqual } from "node:util";
import { DAY_DELIVERIES, DAY_MS, DAY_TIMERS, deliveriesOf } from "../../test/support/cloud/day.ts";
import { buildProject, removeProject } from "../../test/support/cloud/project.ts";
import { startVirtualCloud } from "../../test/support/cloud/virtual-cloud.ts";
import type { Report } from "../report.ts";

const MINUTES = DAY_MS / 60_000;

export async function day(): Promise<Report> {
	const project = await buildProject(DAY_TIMERS);
	const world = await startVirtualCloud(project);
	try {
		const startedAt = performance.now();
		await world.clock.advance(DAY_MS);
		const seconds = (performance.now() - startedAt) / 1_000;
		const deliveries = deliveriesOf(world);
		const exact = isDeepStrictEqual(deliveries, DAY_DELIVERIES);
		return {
			title: "A day in virtual time, real bundles in real processes",
			columns: ["", ""],
			rows: [
				["seconds", seconds.toFixed(1)],
				["ticks", String(MINUTES)],
				["commands that reached the device", String(Object.values(deliveries).flat().length)],
				["each once and at its second", exact ? "yes" : "NO"],
			],
		};
	} finally {
		await world.close();
		removeProject(project);
	}
}
