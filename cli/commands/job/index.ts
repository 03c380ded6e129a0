import type { Command } from "commander";
import { Option } from "commander";
import type { Job, JobDevice, State } from "../../../client/src/index.ts";
import { STATES } from "../../../shared/command/state.ts";
import { colourOfState } from "../../output/colour.ts";
import type { Column } from "../../output/table.ts";
import { localTime } from "../../output/time.ts";
import { firstOf, runsWithApi, type Session } from "../../session.ts";
import { eachVerb, listVerb, verb } from "../../verbs.ts";
import { deviceText } from "../../words/device.ts";
import { countsText, jobFacts } from "../../words/job.ts";
import { registerPlan, registerStart } from "./start.ts";
import { registerWatch } from "./watch.ts";

const COLUMNS: readonly Column<Job>[] = [
	{ title: "STATE", value: ({ state }) => state, colour: ({ state }) => colourOfState(state) },
	{ title: "NAME", value: ({ name }) => name },
	{ title: "TARGETS", value: ({ targets }) => targets, right: true },
	{ title: "DEVICES", value: ({ counts }) => countsText(counts) },
	{ title: "CREATED", value: ({ createdAt }) => localTime(createdAt) },
	{ title: "REASON", value: ({ reason }) => reason },
	{ title: "ID", value: ({ id }) => id, whole: true },
];

const DEVICE_COLUMNS: readonly Column<JobDevice>[] = [
	{ title: "STATE", value: ({ state }) => state, colour: ({ state }) => colourOfState(state) },
	{ title: "DEVICE", value: deviceText },
	{
		title: "COMMAND",
		value: (device) => text(device["command"] ?? device["commandId"]),
		whole: true,
	},
];

const VERBS = [
	["approve", "let the next wave begin"],
	["pause", "send no more for now"],
	["resume", "go on; what has failed so far is acknowledged"],
	["cancel", "send no more, for good"],
	["retry", "once more for the devices that did not succeed"],
] as const;

export function register(command: Command, session: Session): void {
	registerPlan(verb(command, "plan", "what a job would do; nothing is sent"), session);
	registerStart(verb(command, "start", "one command to many devices, in waves"), session);
	registerWatch(verb(command, "watch", "its progress until it ends or needs somebody"), session);
	for (const [name, summary] of VERBS) {
		eachVerb(verb(command, name, summary), session, ({ client }, id) => client.jobs[name](id));
	}
	listVerb<Job>(
		verb(command, "list", "all jobs, newest first"),
		session,
		COLUMNS,
		({ client }, page) => client.jobs.list(page),
	);
	const get = verb(command, "get", "one, with its waves").argument("<id>");
	runsWithApi(get, session, async ({ client, show, args }) => {
		show.one(await client.jobs.get(firstOf(args)), (job) => jobFacts(show, job));
		return undefined;
	});
	const devices = verb(command, "devices", "its devices, and what became of each")
		.argument("<id>")
		.addOption(new Option("--state <state>", "only these").choices(STATES));
	listVerb<JobDevice, { state?: State }>(devices, session, DEVICE_COLUMNS, (context, page) => {
		const { state } = context.options;
		const query = state === undefined ? page : { ...page, state };
		return context.client.jobs.devices(firstOf(context.args), query);
	});
}

const text = (value: unknown): string | undefined =>
	typeof value === "string" ? value : undefined;
