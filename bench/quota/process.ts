/** Simulates what it is told to, one after the other: the global functions of time and chance are virtual here. */
import { SCENARIOS } from "./scenario.ts";
import { simulate } from "./simulate.ts";
import { STRATEGIES } from "./strategies/index.ts";

export interface SimulationTask {
	readonly scenario: string;
	readonly strategy: string;
	readonly seed: number;
}

process.on("message", async (task: SimulationTask) => {
	const scenario = SCENARIOS.find(({ name }) => name === task.scenario);
	const strategy = STRATEGIES.find(({ name }) => name === task.strategy);
	if (!scenario || !strategy) throw new Error(`there is no ${task.scenario} or ${task.strategy}`);
	process.send?.(await simulate(scenario, strategy, task.seed));
});
