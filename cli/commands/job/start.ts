import type { Command } from "commander";
import { EXIT } from "../../exit.ts";
import { readText, seconds, states, wholeNumber } from "../../options.ts";
import { runsWithApi, type Session } from "../../session.ts";
import { documentFacts } from "../../words/document.ts";
import { jobFacts } from "../../words/job.ts";
import { addTemplate } from "../../words/target.ts";
import { type JobOptions, jobText, wave } from "./body.ts";
import { watch } from "./watch.ts";

function addJob(command: Command): Command {
	command
		.argument("[file]", "JSON of the whole job, instead of options; - is stdin")
		.option("--name <name>", "for people")
		.option("--devices <file>", "a line a device: product key, comma, device name; - is stdin")
		.option("--product <key>", "with --devices, lines are device names of this product")
		.option("--group <id>", "the devices of a group")
		.option("--query <query>", "such as: productKey = 'a1…' and tags.floor = '3' and online")
		.option("--from-job <id>", "the devices of another job in --states")
		.option("--states <states>", "with --from-job (failed,timed_out)", states)
		.option("--wave <size>", "10 or 10%, cumulative; again for each wave", wave, [])
		.option("--approve", "each wave after the first waits for `job approve`")
		.option("--soak <time>", "after a wave's end, before it is judged", seconds)
		.option("--rate <n>", "calls a second at most", wholeNumber)
		.option("--stop-at <percent>", "pause when so many percent fail or stay unknown", Number)
		.option("--stop-minimum <n>", "… judged from so many devices on", wholeNumber)
		.option("--start-at <time>", "not before it")
		.option("--end-at <time>", "not after it");
	return addTemplate(command);
}

const EXAMPLE = `
Example, 2,000 devices in three waves:
  thingcast job start --name night --devices devices.csv --service Set --args '{"mode": 1}' \\
    --wave 10 --wave 10% --wave 100% --stop-at 5 --watch`;

export function registerPlan(command: Command, session: Session): void {
	addJob(command);
	runsWithApi<JobOptions>(command, session, async ({ client, io, show, args, options }) => {
		const body = args[0] === undefined ? jobText(io, options) : readText(io, args[0]);
		show.one(await client.jobs.forecast(body), (forecast) => documentFacts(show, forecast));
		return EXIT.ok;
	});
}

export function registerStart(command: Command, session: Session): void {
	addJob(command).option("--watch", "go on with `job watch`").addHelpText("after", EXAMPLE);
	runsWithApi<JobOptions & { watch?: boolean }>(command, session, async (context) => {
		const { client, io, show, args, options } = context;
		const body = args[0] === undefined ? jobText(io, options) : readText(io, args[0]);
		const job = await client.jobs.create(body);
		if (!options.watch) {
			show.one(job, (made) => jobFacts(show, made));
			return EXIT.ok;
		}
		io.say(`job ${job.id}`);
		return watch(context, job.id);
	});
}
