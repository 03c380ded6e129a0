import type { Command } from "commander";
import type { Device, TimelineEntry } from "../../client/src/index.ts";
import { colourOfState } from "../output/colour.ts";
import { exactText } from "../output/exact.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { runsWithApi, type Session } from "../session.ts";
import { listVerb, verb } from "../verbs.ts";
import { documentFacts } from "../words/document.ts";
import { syncDevices } from "./device-sync.ts";

const COLUMNS: readonly Column<Device>[] = [
	{ title: "PRODUCT", value: ({ productKey }) => productKey },
	{ title: "DEVICE", value: ({ deviceName }) => deviceName },
	{ title: "STATUS", value: ({ status }) => status, colour: ({ status }) => colourOfState(status) },
	{ title: "TAGS", value: ({ tags = {} }) => pairs(tags) },
	{ title: "GROUPS", value: ({ groups = [] }) => groups.join(", ") },
];

const TIMELINE_COLUMNS: readonly Column<TimelineEntry>[] = [
	{ title: "AT", value: ({ at }) => localTime(at) },
	{ title: "WHAT", value: ({ type }) => type },
	{ title: "STATE", value: stateOf, colour: (entry) => colourOfState(stateOf(entry)) },
	{ title: "DETAIL", value: detailOf },
];

export function register(command: Command, session: Session): void {
	listVerb<Device, { query?: string }>(
		verb(command, "list", "the devices that thingcast knows").option(
			"--query <query>",
			"such as: productKey = 'a1…' and tags.floor = '3' and online",
		),
		session,
		COLUMNS,
		({ client, options: { query } }, page) =>
			client.devices.list(query === undefined ? page : { ...page, query }),
	);
	const get = named(verb(command, "get", "one of them"));
	runsWithApi<object>(get, session, async ({ client, show, args }) => {
		show.one(await client.devices.get(nameOf(args)), (device) => documentFacts(show, device));
		return undefined;
	});
	const timeline = named(verb(command, "timeline", "what happened to it, newest first"))
		.option("--since <when>", "an age such as 1d, or a time")
		.option("--until <when>", "the same");
	listVerb<TimelineEntry, { since?: string; until?: string }>(
		timeline,
		session,
		TIMELINE_COLUMNS,
		({ client, args, options: { since, until } }, page) =>
			client.devices.timeline(nameOf(args), {
				...page,
				...(since === undefined ? {} : { since }),
				...(until === undefined ? {} : { until }),
			}),
	);
	const sync = verb(command, "sync", "read the platform's devices, tags and groups again");
	sync.option("--no-wait", "only start it");
	runsWithApi<{ wait: boolean }>(sync, session, syncDevices);
}

const named = (command: Command): Command =>
	command.argument("<product>", "product key").argument("<device>", "name of the device");

const nameOf = ([productKey = "", deviceName = ""]: readonly string[]) => ({
	productKey,
	deviceName,
});

const pairs = (tags: Readonly<Record<string, string>>): string =>
	Object.entries(tags)
		.map(([name, value]) => `${name}=${value}`)
		.join(" ");

/** An entry holds a command, or says the state or status itself. */
function stateOf(entry: TimelineEntry): string | undefined {
	const { state, status, command } = entry as Record<string, unknown>;
	const inner = (command as { state?: unknown } | undefined)?.state;
	const found = [state, status, inner].find((one) => typeof one === "string");
	return found as string | undefined;
}

function detailOf({ at: _at, type: _type, ...rest }: TimelineEntry): string {
	const { state: _state, status: _status, ...facts } = rest;
	return Object.entries(facts)
		.map(([name, value]) => `${name} ${typeof value === "string" ? value : exactText(value)}`)
		.join("  ");
}
