/** `npm run chaos -- [--seed N] [--seeds N] [--kills N] [--rate N]`: kills in the middle of everything, and a checker that believes its own devices only. */
import { parseArgs } from "node:util";
import { chaos } from "./run.ts";

const { values } = parseArgs({
	options: {
		seed: { type: "string", default: "1" },
		seeds: { type: "string", default: "1" },
		kills: { type: "string", default: "200" },
		rate: { type: "string", default: "50" },
	},
});

let bad = 0;
for (let turn = 0; turn < Number(values.seeds); turn++) {
	const seed = Number(values.seed) + turn;
	const result = await chaos({
		seed,
		kills: Number(values.kills),
		perSecond: Number(values.rate),
		log: (line) => console.log(`  ${line}`),
	});
	const { lost, duplicates, wrong, endless, states, workerKills } = result;
	const unknown = states["unknown"] ?? 0;
	console.log(
		`seed ${seed}: ${result.kills} kills (${workerKills} of the worker) in ${result.seconds.toFixed(0)} s, ${result.intents} asked for, ${result.commands} commands ${JSON.stringify(states)}`,
	);
	console.log(
		`  lost ${lost.length}, unreported duplicates ${duplicates.length}, wrong states ${wrong.length}, endless ${endless.length}, unknown ${unknown} (${result.unknownReached} of them reached their device), ${(unknown / Math.max(1, workerKills)).toFixed(2)} a worker kill`,
	);
	for (const line of [...lost, ...duplicates, ...wrong, ...endless].slice(0, 20)) {
		console.log(`  ${line}`);
	}
	bad += lost.length + duplicates.length + wrong.length + endless.length;
}
process.exit(bad === 0 ? 0 : 1);
