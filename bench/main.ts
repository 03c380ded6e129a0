/** `npm run bench [-- name … --quick]`: runs the benchmarks and keeps their tables in bench/results. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cost } from "./cost/cost.ts";
import { day } from "./day/day.ts";
import { expressions } from "./expressions/expressions.ts";
import { fleet } from "./fleet/fleet.ts";
import { fuzz } from "./fuzz/fuzz.ts";
import { kills } from "./kills/kills.ts";
import { lean } from "./lean/lean.ts";
import { load } from "./load/load.ts";
import { million } from "./million/million.ts";
import { noise } from "./noise/noise.ts";
import { outages } from "./outages/outages.ts";
import { outagesOnTheWire } from "./outages/wire.ts";
import { overhead } from "./overhead/overhead.ts";
import { quota } from "./quota/quota.ts";
import { quotaInRealTime } from "./quota/real-time/real-time.ts";
import { reactions } from "./reactions/reactions.ts";
import { type Report, render } from "./report.ts";
import { soak } from "./soak/soak.ts";
import { start } from "./start/start.ts";
import { tablestore } from "./tablestore/tablestore.ts";

interface Options {
	readonly quick: boolean;
	/** For those that go on as long as they are told to. */
	readonly minutes?: number;
}

const BENCHMARKS: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
	lean,
	cost,
	overhead,
	tablestore,
	start,
	load,
	day,
	million,
	noise,
	quota,
	"quota-real-time": quotaInRealTime,
	reactions,
	expressions,
	fleet,
	outages,
	"outages-wire": outagesOnTheWire,
	kills,
	fuzz,
	soak,
};
const RESULTS = "bench/results";

const HELP = `npm run bench -- [name …] [--quick] [--minutes N]

Runs the benchmarks, all of them or those that are named, and keeps their tables
in ${RESULTS}. With --quick each is shorter where it can be; --minutes says how
long the soak goes on.

  ${Object.keys(BENCHMARKS).join("\n  ")}`;

async function main(): Promise<void> {
	if (process.argv.includes("--help")) {
		console.log(HELP);
		return;
	}
	const quick = process.argv.includes("--quick");
	const minutes = Number(/ --minutes[ =](\d+)/.exec(process.argv.join(" "))?.[1] ?? Number.NaN);
	const options = Number.isNaN(minutes) ? { quick } : { quick, minutes };
	const asked = process.argv.slice(2).filter((word) => !/^(--.*|\d+)$/.test(word));
	const unknown = asked.filter((name) => !(name in BENCHMARKS));
	if (unknown.length > 0) {
		throw new Error(
			`no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}`,
		);
	}
	mkdirSync(RESULTS, { recursive: true });
	console.log(`Node.js ${process.version}, ${availableParallelism()} cores\n`);
	for (const [name, run] of Object.entries(BENCHMARKS)) {
		if (asked.length > 0 && !asked.includes(name)) continue;
		const text = render(await run(options));
		const file = `${RESULTS}/${name}.md`;
		writeFileSync(file, `${text}\n`);
		console.log(`${text}\n\n(kept in ${file})\n`);
	}
}

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(`bench: ${error.message}`);
		process.exit(1);
	},
);
