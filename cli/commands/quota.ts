import type { Command } from "commander";
import type { Quota, Usage } from "../../client/src/index.ts";
import type { Show } from "../output/show.ts";
import type { Column } from "../output/table.ts";
import { runsWithApi, type Session } from "../session.ts";

type Row = Usage & { readonly lane: string };

const COLUMNS: readonly Column<Row>[] = [
	{ title: "LAST MINUTE", value: ({ lane }) => lane },
	{ title: "GRANTED", value: ({ granted }) => granted, right: true },
	{ title: "USED", value: ({ used }) => used, right: true },
	{ title: "THROTTLED", value: ({ throttled }) => throttled, right: true },
];

export function register(command: Command, session: Session): void {
	runsWithApi<object>(command, session, async ({ client, show }) => {
		show.one(await client.quota(), (quota) => lines(show, quota));
		return undefined;
	});
}

function lines(show: Show, { limit, share, rate, instances, lastMinute }: Quota) {
	const { lanes, ...all } = lastMinute;
	return [
		...show.facts([
			["limit", `${limit} calls a second, of which ${Math.round(share * 100)} % are for thingcast`],
			["now", rate === null ? "nothing is being sent" : `${rate} calls a second`],
			["instances", instances],
		]),
		"",
		...show.table(
			[
				{ lane: "interactive", ...lanes.interactive },
				{ lane: "bulk", ...lanes.bulk },
				{ lane: "all", ...all },
			],
			COLUMNS,
		),
	];
}
