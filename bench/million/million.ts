/**
 * What a read costs with a million commands stored, against a thousand: both
 * stores run at once, and the measurements alternate between them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweep } from "../../functions/timer/sweep.ts";
import { ACCOUNT, INSTANCE } from "../../local/test/support/tablestore/fixtures.ts";
import { KillableTablestore } from "../../local/test/support/tablestore/killable.ts";
import { systemClock } from "../../shared/clock.ts";
import type { CommandFilter } from "../../shared/command/filter.ts";
import { createLog } from "../../shared/log.ts";
import { endedSince } from "../../shared/store/change-feed.ts";
import { listCommands } from "../../shared/store/command-list.ts";
import { openStores } from "../../shared/store/stores.ts";
import { Connection } from "../../shared/table/tablestore/connection.ts";
import { createTables } from "../../shared/table/tablestore/create-tables.ts";
import { TablestoreTable } from "../../shared/table/tablestore/tablestore-table.ts";
import { median, type Report } from "../report.ts";
import { Fleet, START_MS, STEP_MS } from "./fleet.ts";

const SMALL = 1_000;
const LARGE = 1_000_000;
const LARGE_QUICK = 100_000;
const ROUNDS = 60;
/** The figure: at most this much slower. */
const WANTED_RATIO = 1.3;
const WAVE = 2_000;

interface Store {
	readonly fleet: Fleet;
	readonly measure: Readonly<Record<string, () => Promise<unknown>>>;
	close(): Promise<void>;
}

async function openStore(count: number): Promise<Store> {
	const dataDir = mkdtempSync(join(tmpdir(), "million-bench-"));
	const server = await KillableTablestore.start(dataDir);
	const connection = new Connection({
		endpoint: server.url,
		instance: INSTANCE,
		credentials: () => ACCOUNT.root,
		clock: systemClock,
	});
	await createTables(connection);
	const table = new TablestoreTable(connection);
	const stores = openStores(table, systemClock);
	const fleet = new Fleet(count);
	for (let at = 0; at < count; at += WAVE) {
		const wave = Array.from({ length: Math.min(WAVE, count - at) }, (_, n) =>
			fleet.command(at + n),
		);
		await Promise.all(wave.map((command) => stores.commands.create(command)));
		if (count > SMALL && at % 50_000 === 0) console.error(`${at} of ${count} stored`);
	}
	// Indexes lag behind: what was stored last must be there.
	const last = fleet.command(count - 1);
	for (let shown = ""; shown !== last.id; ) {
		const { items } = await listCommands(table, stores.commands, { limit: 1 });
		shown = items[0] && "document" in items[0] ? items[0].document.id : "";
		await systemClock.sleep(200);
	}
	const list = (filter: CommandFilter) => () =>
		listCommands(table, stores.commands, { ...filter, limit: 50 });
	const worker = { wake: async () => true };
	const log = createLog("error");
	const middle = START_MS + (count / 2) * STEP_MS;
	return {
		fleet,
		measure: {
			"get one command": () => stores.commands.get(fleet.someId()),
			"list the newest 50": list({}),
			"list 50 that failed": list({ states: ["failed"] }),
			"list 50 of several states": list({ states: ["failed", "timed_out", "canceled"] }),
			"list 50 of a device": list({ deviceKeys: [fleet.someDevice()] }),
			"list 50 of ten seconds": list({ since: middle, until: middle + 10_000 }),
			"tick, ten commands due": () =>
				sweep({ ...stores, table, worker, clock: systemClock, log }, Number.POSITIVE_INFINITY),
			"poll of the stream": async () => {
				for await (const _ of endedSince(table, fleet.endMs - 2_000));
			},
		},
		async close() {
			connection.close();
			await server.kill();
			rmSync(dataDir, { recursive: true, force: true });
		},
	};
}

async function time(work: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now();
	await work();
	return performance.now() - startedAt;
}

export async function million({ quick }: { quick: boolean }): Promise<Report> {
	const count = quick ? LARGE_QUICK : LARGE;
	const small = await openStore(SMALL);
	const startedAt = performance.now();
	const large = await openStore(count);
	const fillSeconds = (performance.now() - startedAt) / 1_000;
	try {
		const rows: string[][] = [];
		for (const name of Object.keys(small.measure)) {
			const times = { small: [] as number[], large: [] as number[] };
			for (let round = 0; round < ROUNDS; round++) {
				times.small.push(await time(small.measure[name] ?? (async () => {})));
				times.large.push(await time(large.measure[name] ?? (async () => {})));
			}
			const [few, many] = [median(times.small), median(times.large)];
			rows.push([name, few.toFixed(1), many.toFixed(1), (many / few).toFixed(2)]);
		}
		return {
			title: `Reads with ${count.toLocaleString("en")} commands stored, against ${SMALL.toLocaleString("en")}`,
			columns: ["", `${SMALL} (ms)`, `${count} (ms)`, `ratio, wanted ≤ ${WANTED_RATIO}`],
			rows,
			note: `Medians of ${ROUNDS} through the npm SDK and the local Tablestore in a process of its own. ${Math.round(count / fillSeconds)} commands a second were stored.`,
		};
	} finally {
		await Promise.all([small.close(), large.close()]);
	}
}
