import type { Command } from "../../../shared/command/command.ts";
import { deviceKeys } from "../../../shared/command/device.ts";
import { type ExactObject, exactNumber } from "../../../shared/json/exact.ts";
import type { Device } from "../../../shared/registry/device.ts";
import { listCommands } from "../../../shared/store/command-list.ts";
import type { HttpDeps } from "../deps.ts";

interface Entry {
	readonly at: number;
	readonly order: string;
	readonly view: ExactObject;
}

export interface Timeline {
	readonly entries: readonly ExactObject[];
	/** Age key of the last command that is shown, where there are more. */
	readonly next?: string;
}

/** What happened to a device between two times, newest first: commands with their causes, replies, status. */
export async function timelineOf(
	deps: HttpDeps,
	device: Device,
	range: { readonly since: number; readonly until: number },
	limit: number,
	olderThan: string | undefined,
): Promise<Timeline> {
	const page = await listCommands(deps.table, deps.commands, {
		deviceKeys: deviceKeys(device),
		...range,
		limit,
		...(olderThan === undefined ? {} : { olderThan }),
	});
	// A damaged row has no place in a history.
	const commands = page.items.flatMap((item) => ("document" in item ? [item.document] : []));
	const until = olderThan === undefined ? range.until : Number(olderThan.slice(0, 15));
	// What is older than the last command of this page is the next one's.
	const since = page.next === undefined ? range.since : (commands.at(-1)?.createdAt ?? range.since);
	const changes = device.history.filter(({ at }) => at >= since && at < until);
	const entries: Entry[] = [
		...commands.flatMap(entriesOf),
		...changes.map(({ at, status }) => ({
			at,
			order: "status",
			view: { at: time(at), type: "status", status },
		})),
	];
	entries.sort((a, b) => b.at - a.at || (a.order < b.order ? -1 : 1));
	const shown = entries.map(({ view }) => view);
	return page.next === undefined ? { entries: shown } : { entries: shown, next: page.next };
}

function entriesOf(command: Command): Entry[] {
	const { id, createdAt, service, state, error, reply } = command;
	const made: Entry = {
		at: createdAt,
		order: id,
		view: {
			at: time(createdAt),
			type: "command",
			command: id,
			service,
			state,
			cause: causeOf(command),
			...(error ? { ...error } : {}),
		},
	};
	if (!reply) return [made];
	const answer: ExactObject = {
		at: time(reply.at),
		type: "reply",
		command: id,
		service,
		code: exactNumber(String(reply.code)),
		...(reply.message === undefined ? {} : { message: reply.message }),
	};
	return [{ at: reply.at, order: `${id} reply`, view: answer }, made];
}

function causeOf({ source }: Command): string {
	const by = source.by === undefined ? "" : ` by ${source.by}`;
	switch (source.type) {
		case "job":
			return `job ${source.job}, wave ${source.wave}${by}`;
		case "timer":
			return source.schedule ? `schedule ${source.schedule}` : `timer ${source.ref}`;
		case "reaction":
			return `reaction ${source.reaction ?? source.ref}`;
		default:
			return `${source.type} ${source.ref ?? ""}`.trim() + by;
	}
}

const time = (ms: number) => new Date(ms).toISOString();
