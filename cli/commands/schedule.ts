import type { Command } from "commander";
import type { PreviewedRun, Schedule, When } from "../../client/src/index.ts";
import { apply } from "../apply.ts";
import { wholeNumber } from "../options.ts";
import { colourOfState } from "../output/colour.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { firstOf, runsWithApi, type Session } from "../session.ts";
import { deleteVerb, eachVerb, getVerb, listVerb, verb } from "../verbs.ts";
import { registerCreate } from "./schedule-create.ts";

const COLUMNS: readonly Column<Schedule>[] = [
	{ title: "STATUS", value: ({ status }) => status, colour: ({ status }) => colourOfState(status) },
	{ title: "NAME", value: ({ name }) => name },
	{ title: "WHEN", value: ({ when }) => whenText(when) },
	{ title: "NEXT", value: ({ nextRunAt }) => localTime(nextRunAt) },
	{ title: "RUNS", value: ({ runs }) => runs, right: true },
	{ title: "SERVICE", value: ({ command }) => command.service },
	{ title: "ID", value: ({ id }) => id, whole: true },
];

const RUN_COLUMNS: readonly Column<PreviewedRun>[] = [
	{ title: "LOCAL", value: ({ local }) => local },
	{ title: "DUE", value: ({ dueAt }) => localTime(dueAt) },
	{ title: "SHAPED BY", value: ({ shapedBy }) => shapedBy.join(", ") },
];

export function register(command: Command, session: Session): void {
	listVerb<Schedule>(verb(command, "list", "all schedules"), session, COLUMNS, ({ client }, page) =>
		client.schedules.list(page),
	);
	getVerb(verb(command, "get", "one, with its last runs"), session, ({ client }, id) =>
		client.schedules.get(id),
	);
	registerCreate(verb(command, "create", "a new one, from options or a file"), session);
	registerApply(verb(command, "apply", "create or replace what a file says"), session);
	for (const [name, summary] of [
		["pause", "start no more runs"],
		["resume", "start runs again, from now on"],
		["skip", "leave out exactly the next run"],
	] as const) {
		eachVerb(verb(command, name, summary), session, ({ client }, id) => client.schedules[name](id));
	}
	registerPreview(verb(command, "preview", "the next runs, and what shapes them"), session);
	deleteVerb(verb(command, "delete", "for good"), session, ({ client }, id) =>
		client.schedules.delete(id),
	);
}

function registerApply(command: Command, session: Session): void {
	command.argument("<file>", "JSON: one schedule, or a list; - is stdin");
	runsWithApi(command, session, async ({ client, io, show, args }) => {
		for await (const { did, stored } of apply(io, client.schedules, "schedule", firstOf(args))) {
			show.one(stored, ({ id, name = "" }) => [`${did} ${id} ${name}`.trim()]);
		}
		return undefined;
	});
}

function registerPreview(command: Command, session: Session): void {
	command.argument("<id>").option("--count <n>", "so many runs", wholeNumber, 10);
	runsWithApi<{ count: number }>(command, session, async ({ client, show, args, options }) => {
		const { count } = options;
		const shown = await client.schedules.preview(firstOf(args), { count });
		show.one(shown, ({ runs, leftOut }) => [
			...show.table(runs, RUN_COLUMNS),
			...leftOut.map(({ local, because }) => `left out: ${local}, ${because}`),
		]);
		return undefined;
	});
}

function whenText(when: When): string {
	if ("cron" in when) return `${when.cron} ${when.timeZone}`;
	return "at" in when ? `${when.at} ${when.timeZone}` : `every ${when.every} s`;
}
