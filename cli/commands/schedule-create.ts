import type { Command } from "commander";
import { readText, seconds, wholeNumber } from "../options.ts";
import { UsageError } from "../problems.ts";
import { runsWithApi, type Session } from "../session.ts";
import { documentFacts } from "../words/document.ts";
import {
	addTarget,
	addTemplate,
	deviceOf,
	type TargetOptions,
	type TemplateOptions,
	templateText,
} from "../words/target.ts";

interface Options extends TargetOptions, TemplateOptions {
	readonly name?: string;
	readonly cron?: string;
	readonly at?: string;
	readonly every?: number;
	readonly zone?: string;
	readonly startAt?: string;
	readonly endAt?: string;
	readonly maxRuns?: number;
	readonly overlap?: string;
	readonly jitter?: number;
}

export function registerCreate(command: Command, session: Session): void {
	command
		.argument("[file]", "JSON of the whole schedule, instead of options; - is stdin")
		.option("--name <name>", "for people")
		.option("--cron <pattern>", "when: a cron pattern, with --zone")
		.option("--at <time>", "when: once, such as 2026-12-01T07:00:00, with --zone")
		.option("--every <time>", "when: again and again, such as 15m", seconds)
		.option("--zone <zone>", "IANA time zone of --cron and --at, such as Asia/Shanghai")
		.option("--start-at <time>", "no run before it, with offset")
		.option("--end-at <time>", "no run at it or later, with offset")
		.option("--max-runs <n>", "ends after so many", wholeNumber)
		.option("--overlap <what>", "while the previous run is not finished: allow, skip or queue")
		.option("--jitter <time>", "each run comes up to so much later", seconds);
	addTemplate(addTarget(command)).addHelpText(
		"after",
		`\nExample, every weekday at 7:\n  thingcast schedule create --cron "0 7 * * 1-5" --zone Asia/Shanghai \\\n    --product a1… --device light --service Set --args '{"level": 80}'`,
	);
	runsWithApi<Options>(command, session, async ({ client, io, show, args, options }) => {
		const [file] = args;
		const body = file === undefined ? bodyOf(io, options) : readText(io, file);
		show.one(await client.schedules.create(body), (made) => documentFacts(show, made));
		return undefined;
	});
}

function bodyOf(io: Parameters<typeof templateText>[0], options: Options): string {
	const { name, startAt, endAt, maxRuns, overlap, jitter: jitterSeconds } = options;
	const when = whenOf(options);
	const fields = { name, when, startAt, endAt, maxRuns, overlap, jitterSeconds };
	const command = templateText(io, options, { device: deviceOf(options) });
	return `${JSON.stringify(fields).slice(0, -1)},"command":${command}}`;
}

function whenOf({ cron, at, every, zone: timeZone }: Options): object {
	const given = [cron, at, every].filter((one) => one !== undefined).length;
	if (given !== 1) {
		throw new UsageError("say once when it fires", "give one of --cron, --at and --every");
	}
	if (every !== undefined) return { every };
	if (timeZone === undefined) {
		throw new UsageError("the time zone is missing", "add --zone, such as --zone Asia/Shanghai");
	}
	return cron === undefined ? { at, timeZone } : { cron, timeZone };
}
