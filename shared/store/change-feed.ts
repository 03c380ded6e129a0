import type { Row, Table } from "../table/table.ts";
import { ENDED } from "./command-store.ts";
import { allShards, timeKey } from "./shard.ts";

/** What an index knows of a command's last change. */
export interface Change {
	readonly id: string;
	/** When, by the clock of whoever made it. */
	readonly at: number;
	/** Of the row: another change has another one. */
	readonly version: bigint;
}

const PAGE = 1_000;

/** Commands that have ended and changed at this time or later, oldest first; one that changes again moves on. */
export async function* endedSince(
	table: Table,
	since: number,
	pageSize = PAGE,
): AsyncGenerator<Change[], void, undefined> {
	const sources = allShards().map((shard) => ({
		shard,
		changes: [] as Change[],
		after: undefined as Row["key"] | undefined,
		horizon: 0,
		ended: false,
	}));
	for (;;) {
		const empty = sources.filter(({ changes, ended }) => changes.length === 0 && !ended);
		await Promise.all(
			empty.map(async (source) => {
				const rows = await table.range("commands_due", {
					prefix: [source.shard],
					from: ENDED + timeKey(since),
					...(source.after ? { after: source.after } : {}),
					direction: "forward",
					limit: pageSize,
				});
				source.changes = rows.flatMap((row) => changeOf(row) ?? []);
				source.after = rows.at(-1)?.key ?? source.after;
				source.horizon = source.changes.at(-1)?.at ?? source.horizon;
				source.ended = rows.length < pageSize;
			}),
		);
		// What is unread comes behind the last change that each source has shown.
		const horizon = Math.min(
			...sources.map(({ ended, horizon }) => (ended ? Number.POSITIVE_INFINITY : horizon)),
		);
		const ready = sources.flatMap((source) => {
			const end = source.changes.findIndex(({ at }) => at > horizon);
			return source.changes.splice(0, end === -1 ? source.changes.length : end);
		});
		if (ready.length > 0) yield ready.sort(byTime);
		if (sources.every(({ ended, changes }) => ended && changes.length === 0)) return;
	}
}

/** Commands that have not ended and have changed at this time or later, oldest first. All that have not ended are looked at. */
export async function liveSince(
	table: Table,
	since: number,
): Promise<{ readonly changes: Change[]; readonly looked: number }> {
	const pages = await Promise.all(
		allShards().map(async (shard) => {
			const found: Change[] = [];
			let looked = 0;
			let after: Row["key"] | undefined;
			for (;;) {
				const rows: Row[] = await table.range("commands_due", {
					prefix: [shard],
					before: ENDED,
					...(after ? { after } : {}),
					direction: "forward",
					limit: PAGE,
				});
				looked += rows.length;
				for (const row of rows) {
					const change = changeOf(row);
					if (change && change.at >= since) found.push(change);
				}
				if (rows.length < PAGE) return { found, looked };
				after = rows.at(-1)?.key;
			}
		}),
	);
	return {
		changes: pages.flatMap(({ found }) => found).sort(byTime),
		looked: pages.reduce((sum, { looked }) => sum + looked, 0),
	};
}

const byTime = (a: Change, b: Change): number => a.at - b.at || (a.id < b.id ? -1 : 1);

function changeOf({ key, columns }: Row): Change | undefined {
	const [at, version] = String(columns["changed"] ?? "").split("#");
	return at && version
		? { id: key.at(-1) ?? "", at: Number(at), version: BigInt(version) }
		: undefined;
}
