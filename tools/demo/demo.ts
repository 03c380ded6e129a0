/** `npm run demo`: the main job on a fresh machine, from the request to the outcome row. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../build.ts";
import { startThingcast } from "../cloud.ts";
import { Demo, type Line } from "./lines.ts";

const QUOTA_PER_SECOND = 500;
const DEVICES = 300;

async function main(): Promise<boolean> {
	const startedAt = performance.now();
	const projectDir = process.cwd();
	console.log("building the bundles …");
	await build();
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-demo-"));
	const warnings: string[] = [];
	console.log("starting the local cloud …");
	const cloud = await startThingcast({
		projectDir,
		dataDir,
		port: 0,
		devices: DEVICES,
		quotaPerSecond: QUOTA_PER_SECOND,
		log: (line) => warnings.push(line),
	});
	let lines: Line[];
	try {
		const demo = new Demo(cloud);
		console.log("sending commands …");
		lines = [
			await demo.synchronous(),
			await demo.asynchronous(),
			await demo.timer(),
			await demo.queue(),
			await demo.burst(showProgress),
			await demo.job(),
			await demo.offline(),
		];
	} finally {
		await cloud.close();
		rmSync(dataDir, { recursive: true, force: true });
	}
	const allWell = lines.every(({ asExpected }) => asExpected);
	console.log(`\n${table(lines)}\n`);
	if (!allWell) console.log(`What the functions said:\n${warnings.slice(-20).join("\n")}\n`);
	const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
	console.log(
		allWell
			? `Every line as expected, in ${seconds} s. Now: npm start`
			: `Not every line is as expected (${seconds} s).`,
	);
	return allWell;
}

function table(lines: readonly Line[]): string {
	const header = ["what was sent", "commands", "outcome", "time", "", "detail"];
	const rows = lines.map(({ what, commands, state, ms, asExpected, detail }) => [
		what,
		String(commands),
		state,
		`${ms} ms`,
		asExpected ? "ok" : "NOT AS EXPECTED",
		detail,
	]);
	const all = [header, ...rows];
	const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
	const text = (row: readonly string[]) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join("  ")
			.trimEnd();
	const rule = "─".repeat(Math.min(110, text(header).length + 40));
	return [text(header), rule, ...rows.map(text)].join("\n");
}

function showProgress(text: string): void {
	if (process.stdout.isTTY) process.stdout.write(`\r  ${text}   `);
}

const HELP = `npm run demo

Builds the bundles, starts them in a local cloud of their own, sends commands in
every way there is and shows what became of them. Exit code 0 if all is as expected.`;

if (process.argv.includes("--help")) {
	console.log(HELP);
	process.exit(0);
}

main().then(
	(allWell) => process.exit(allWell ? 0 : 1),
	(error: Error) => {
		console.error(`demo: ${error.message}`);
		process.exit(1);
	},
);
