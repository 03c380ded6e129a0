/**
 * What a command costs and how fast it is, in one table, with the handler that
 * people write today and the bare SDK in the same run.
 */
import { overhead } from "../overhead/overhead.ts";
import type { Report } from "../report.ts";
import {
	besideSilence,
	bulk,
	burst,
	type Line,
	posts,
	schedules,
	single,
	waiting,
} from "./figures.ts";
import { Running } from "./running.ts";

export async function lean({ quick }: { quick: boolean }): Promise<Report> {
	const lines: Line[] = [];
	const lifted = await Running.start("--quota", "5000", "--devices", "20");
	try {
		lines.push(...(await bulk(lifted, quick ? 3_000 : 10_000)));
	} finally {
		await lifted.end();
	}
	const limited = await Running.start("--devices", "20");
	try {
		await posts(limited, 50);
		// While one instance of http runs: those that a burst starts stay.
		lines.push(await waiting(limited));
		lines.push(await single(limited, "Get", 4), await single(limited, "Set", 8));
		lines.push(await burst(limited));
		lines.push(...(await posts(limited, 500)));
		lines.push(await besideSilence(limited));
		lines.push(await schedules(limited, quick ? 200 : 1_000));
	} finally {
		await limited.end();
	}
	const { rows } = await overhead();
	lines.push([
		"POST to the device's receipt, idle, above the bare SDK",
		`${rows.at(-1)?.[1]} ms`,
		"≤ 8 ms",
	]);
	return {
		title: "What a command costs and how fast it is",
		columns: ["", "measured", "aim"],
		rows: lines,
		note: "Loading, sizes and the quota have tables of their own: `npm run bench -- load`, `-- quota`; a million stored commands: `-- million`.",
	};
}
