import type { State } from "../command/state.ts";
import type { Row, Table } from "../table/table.ts";
import { jobRow } from "./job-rows.ts";

const PAGE_ROWS = 1_000;

/** Ids of a job's commands that are in one of these states by the index, which lags: read each again. */
export async function* jobCommandIds(
	table: Table,
	job: string,
	fits: (row: { readonly state: State; readonly superseded: boolean }) => boolean,
): AsyncGenerator<string[], void, undefined> {
	let after: Row["key"] | undefined;
	for (;;) {
		const rows: Row[] = await table.range("commands_by_group", {
			prefix: [job],
			...(after ? { after } : {}),
			direction: "forward",
			limit: PAGE_ROWS,
		});
		const ids = rows.filter((row) => fits(jobRow(row))).map(({ key }) => key.at(-1) ?? "");
		if (ids.length > 0) yield ids;
		if (rows.length < PAGE_ROWS) return;
		after = rows.at(-1)?.key;
	}
}
