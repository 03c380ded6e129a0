/** Outages in virtual time: what becomes of what was accepted before, during and after each. */
import { cells, outage } from "../../test/support/outage/outage.ts";
import type { Report } from "../report.ts";

export async function outages({ quick }: { quick: boolean }): Promise<Report> {
	const rows: string[][] = [];
	const chosen = cells().filter(({ duration }) => !quick || duration !== "1 h");
	for (const [seed, cell] of chosen.entries()) {
		const { accepted, states, lost, duplicates, wrong, endless, drainSeconds } = await outage(
			cell,
			seed,
		);
		rows.push([
			`${cell.service} ${cell.fault}`,
			`${cell.share * 100} %`,
			cell.duration,
			String(accepted),
			Object.entries(states)
				.map(([state, count]) => `${count} ${state}`)
				.join(", "),
			[lost, duplicates, wrong, endless].join(" / "),
			drainSeconds.toFixed(0),
		]);
	}
	return {
		title: "Outages: 60 commands before, during and after each, half by HTTP, half by queue",
		columns: [
			"fault",
			"share",
			"for",
			"accepted",
			"ended as",
			"lost / twice / wrong / endless",
			"all ended after, s",
		],
		rows,
		note: "In virtual time with the real handlers. The client asks ten times under one key; the queue delivers again as EXPONENTIAL_DECAY_RETRY does. What is unknown is what the platform did not answer.",
	};
}
