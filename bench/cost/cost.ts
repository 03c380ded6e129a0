/** What a million commands cost by public prices, from what some thousand need. */
import { Running, sum } from "../lean/running.ts";
import type { Report } from "../report.ts";
import {
	CU_PER_10_000_INVOCATIONS,
	CU_PER_INSTANCE_SECOND,
	DOLLARS_PER_10_000_READS,
	DOLLARS_PER_CU,
} from "./prices.ts";

const MILLION = 1_000_000;
/** One of the queue and one of the worker are enough for the account's quota. */
const INSTANCES = 2;
const QUOTA_PER_SECOND = 500;
const WARM_UP = 500;
/** Of a command's first row: by age, device, state, and when it is due. */
const INDEX_ROWS_OF_A_NEW_COMMAND = 4;
/** State and due time change: in two indexes one row goes and one comes. */
const INDEX_ROWS_OF_A_CHANGE = 4;

export async function cost({ quick }: { quick: boolean }): Promise<Report> {
	const commands = quick ? 2_000 : 10_000;
	const { rows, invocations } = await measure(commands);
	const perCommand = (matches: RegExp) =>
		sum(Object.fromEntries(Object.entries(rows).filter(([name]) => matches.test(name)))) / commands;
	const writes = perCommand(/^(put|update|delete) /);
	const reads = perCommand(/^(read|range) /);
	const changes = perCommand(/^put commands$/) - 1;
	const indexWrites = INDEX_ROWS_OF_A_NEW_COMMAND + changes * INDEX_ROWS_OF_A_CHANGE;
	const seconds = (INSTANCES * MILLION) / QUOTA_PER_SECOND;
	const instanceCu = seconds * CU_PER_INSTANCE_SECOND;
	const invocationCu = ((invocations / commands) * MILLION * CU_PER_10_000_INVOCATIONS) / 10_000;
	const millions = (each: number) => `${each.toFixed(1)} million CU`;
	const cu = (units: number) => `${Math.round(units).toLocaleString("en")} CU`;
	const dollars = (amount: number) => `$${amount.toFixed(2)}`;
	return {
		title: "A million commands through the queue, with replies",
		columns: ["", "a command", "a million", "US dollars"],
		rows: [
			[
				`Function Compute: ${INSTANCES} instances for ${seconds / INSTANCES} s, ${CU_PER_INSTANCE_SECOND} CU a second`,
				`${((1_000 * seconds) / MILLION).toFixed(0)} ms`,
				cu(instanceCu),
				dollars(instanceCu * DOLLARS_PER_CU),
			],
			[
				"Function Compute: invocations, of queue and worker",
				(invocations / commands).toFixed(2),
				cu(invocationCu),
				dollars(invocationCu * DOLLARS_PER_CU),
			],
			[
				"Tablestore: rows read",
				reads.toFixed(1),
				millions(reads),
				dollars((reads * MILLION * DOLLARS_PER_10_000_READS) / 10_000),
			],
			["Tablestore: rows written", writes.toFixed(1), millions(writes), "by your price"],
			[
				"Tablestore: rows of indexes written, by the schema",
				indexWrites.toFixed(1),
				millions(indexWrites),
				"by your price",
			],
		],
		note: `Invocations and rows: measured with ${commands} commands, asynchronous, each answered by its device. Prices and their sources: bench/cost/prices.ts. A row of at most 4 KB is one CU of Tablestore.`,
	};
}

async function measure(commands: number) {
	const cloud = await Running.start("--devices", "50");
	const body = (index: number) => ({
		device: cloud.device(index),
		service: "Set",
		args: { temperature: 10 },
		lane: "bulk",
	});
	try {
		await cloud.enqueue(WARM_UP, body);
		await cloud.drained();
		const stats = await cloud.counted(async () => {
			await cloud.enqueue(commands, body);
			await cloud.drained();
		});
		const { queue, worker } = stats.functions;
		const invocations = (queue?.invocations ?? 0) + (worker?.invocations ?? 0);
		return { rows: stats.tablestore.rows, invocations };
	} finally {
		await cloud.end();
	}
}
