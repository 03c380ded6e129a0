import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { chart } from "./chart.ts";
import type { SimulationTask } from "./process.ts";
import { SCENARIOS } from "./scenario.ts";
import type { Outcome } from "./simulate.ts";
import { STRATEGIES } from "./strategies/index.ts";

const SEEDS = [1, 2];
const QUICK_SEEDS = [1];
const RESULTS = "bench/results";

/** Every strategy through every scenario, in virtual time: the same seeds give the same figures. */
export async function quota({ quick }: { readonly quick: boolean }): Promise<Report> {
	const scenarios = SCENARIOS.filter((scenario) => !quick || scenario.quick);
	const seeds = quick ? QUICK_SEEDS : SEEDS;
	const tasks = scenarios.flatMap((scenario) =>
		STRATEGIES.flatMap((strategy) =>
			!scenario.trips || strategy.usesTable
				? seeds
						.slice(0, strategy.maxSeeds ?? seeds.length)
						.map((seed) => ({ scenario: scenario.name, strategy: strategy.name, seed }))
				: [],
		),
	);
	const outcomes = await runAll(tasks);
	writeFileSync(`${RESULTS}/quota.json`, `${JSON.stringify(outcomes, null, "\t")}\n`);
	writeFileSync(`${RESULTS}/quota.svg`, chart(outcomes));
	return {
		title: "One quota for everyone: 100,000 commands at 500 calls a second, simulated",
		columns: [
			"scenario and strategy",
			"seconds",
			"limit used",
			"throttled",
			"calls per command",
			"outside client refused",
			"Jain",
			"interactive p99, ms",
			"row operations per command",
			"row operations a second and instance",
		],
		rows: scenarios.flatMap(({ name, idealSeconds }) => [
			[`**${name}** (ideal ${idealSeconds.toFixed(1)} s)`, ...Array(9).fill("")],
			...STRATEGIES.map((strategy) =>
				outcomes.filter((one) => one.scenario === name && one.strategy === strategy.name),
			)
				.filter((some) => some.length > 0)
				.map(rowOf)
				.sort((left, right) => Number(left[1]) - Number(right[1])),
		]),
		note: NOTE,
	};
}

const NOTE = `Means over ${SEEDS.length} seeds (one in a quick run); the fastest of each scenario stands first, whoever it is. All strategies run
through the same code (bench/quota/simulate.ts), with the same server, network and seeds; those from packages
run unchanged, on a virtual clock. ${STRATEGIES.map(({ name, by }) => `${name}: ${by}`).join("; ")}.
"Limit used" counts all taken calls, interactive ones included, against what the limit and the outside client
left in that time. The ideal grants the outside client every call that it makes; who is faster has taken calls
from it, as "outside client refused" shows. A call takes 5–25 ms each way, one of the table store 4–15 ms where nothing else is said, and writes to one row
wait for one another. The rows with another table store have four instances and 30,000 commands.`;

/** As many processes as there are cores. */
async function runAll(tasks: readonly SimulationTask[]): Promise<Outcome[]> {
	const outcomes = new Map<SimulationTask, Outcome>();
	const waiting = [...tasks];
	const work = async () => {
		const child = fork(join(import.meta.dirname, "process.ts"), {
			execArgv: ["--import", "tsx"],
		});
		const failed = once(child, "exit").then(([code]) => {
			throw new Error(`a simulation ended with code ${code}`);
		});
		failed.catch(() => {});
		for (let task = waiting.shift(); task; task = waiting.shift()) {
			const answer = once(child, "message") as Promise<[Outcome]>;
			child.send(task);
			const [outcome] = await Promise.race([answer, failed]);
			outcomes.set(task, outcome);
			process.stderr.write(`\r${outcomes.size} of ${tasks.length} simulations `);
		}
		child.kill();
	};
	await Promise.all(Array.from({ length: availableParallelism() }, work));
	process.stderr.write("\n");
	return tasks.flatMap((task) => outcomes.get(task) ?? []);
}

function rowOf(outcomes: readonly Outcome[]): string[] {
	const mean = (read: (outcome: Outcome) => number | null) => {
		const values = outcomes.map(read).filter((value) => value !== null);
		return values.length === 0
			? undefined
			: values.reduce((sum, value) => sum + value, 0) / values.length;
	};
	const percent = (value: number | undefined, digits: number) =>
		value === undefined ? "–" : `${(value * 100).toFixed(digits)} %`;
	return [
		outcomes[0]?.strategy ?? "",
		mean(({ seconds }) => seconds)?.toFixed(2) ?? "",
		percent(
			mean(({ limitUsed }) => limitUsed),
			1,
		),
		percent(
			mean(({ throttledShare }) => throttledShare),
			3,
		),
		mean(({ callsPerCommand }) => callsPerCommand)?.toFixed(4) ?? "",
		percent(
			mean(({ outsideRefusedShare }) => outsideRefusedShare),
			1,
		),
		mean(({ jain }) => jain)?.toFixed(4) ?? "–",
		mean(({ interactiveP99Ms }) => interactiveP99Ms)?.toFixed(0) ?? "–",
		mean(({ rowOperationsPerCommand }) => rowOperationsPerCommand)?.toFixed(3) ?? "",
		mean(({ rowOperationsPerSecond }) => rowOperationsPerSecond)?.toFixed(2) ?? "",
	];
}
