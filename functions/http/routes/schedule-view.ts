import {
	type ExactJson,
	type ExactObject,
	exactNumber,
	parseExact,
} from "../../../shared/json/exact.ts";
import { nextRun, pendingRuns } from "../../../shared/schedule/edit.ts";
import type { Preview } from "../../../shared/schedule/preview.ts";
import {
	isToCome,
	type RunRecord,
	type Schedule,
	type When,
} from "../../../shared/schedule/schedule.ts";

/** A schedule as the HTTP API shows it; its definition in the words in which it was given. */
export function scheduleView(schedule: Schedule, version: bigint, now: number): ExactObject {
	const { command, devices } = schedule;
	const { args, argsForm, ...fields } = command;
	const [device] = devices;
	// Started ahead of their time, and to come all the same.
	const pending = pendingRuns(schedule, now).length;
	return present({
		id: schedule.id,
		version: exactNumber(String(version)),
		name: schedule.name,
		status: schedule.status === "ended" && pending > 0 ? "active" : schedule.status,
		when: whenView(schedule.when),
		command: present({
			...(devices.length === 1 && device
				? { device: present({ ...device }) }
				: { devices: devices.map((one) => present({ ...one })) }),
			...fields,
			expiresIn: number(fields.expiresIn),
			replyTimeout: number(fields.replyTimeout),
			qos: number(fields.qos),
			args: argsForm === "text" ? args : parseExact(args),
		}),
		startAt: time(schedule.startAt),
		endAt: time(schedule.endAt),
		maxRuns: number(schedule.maxRuns),
		dst: { ...schedule.dst },
		missed: present({ ...schedule.missed, within: number(schedule.missed.within) }),
		overlap: schedule.overlap,
		jitterSeconds: number(schedule.jitterSeconds),
		nextRunAt: time(nextRun(schedule, now)),
		runs: number(schedule.runs - pending),
		skipped: schedule.skips.map((at) => new Date(at).toISOString()),
		lastRuns: schedule.lastRuns.filter((run) => !isToCome(run, now)).map(recordView),
		source: present({ type: "http", by: schedule.by }),
		createdAt: time(schedule.createdAt),
		updatedAt: time(schedule.updatedAt),
	});
}

export function previewView({ runs, leftOut }: Preview): ExactObject {
	return {
		runs: runs.map(({ at, dueAt, local, shapedBy }) =>
			present({ at: time(at), local, dueAt: time(dueAt), shapedBy: [...shapedBy] }),
		),
		leftOut: leftOut.map((one) => ({ ...one })),
	};
}

function whenView(when: When): ExactObject {
	switch (when.kind) {
		case "at":
			return { at: when.at, timeZone: when.timeZone };
		case "cron":
			return { cron: when.cron, timeZone: when.timeZone };
		case "every":
			return present({ every: number(when.seconds), from: time(when.from) });
	}
}

const recordView = ({ at, outcome, dueAt, until, commands }: RunRecord): ExactObject =>
	present({
		at: time(at),
		outcome,
		dueAt: time(dueAt),
		until: time(until),
		commands: commands && [...commands],
	});

const number = (value: number | undefined) =>
	value === undefined ? undefined : exactNumber(String(value));
const time = (ms: number | undefined) =>
	ms === undefined ? undefined : new Date(ms).toISOString();

/** Leaves out what is undefined. */
function present(fields: Record<string, ExactJson | undefined>): ExactObject {
	return Object.fromEntries(
		Object.entries(fields).filter((entry): entry is [string, ExactJson] => entry[1] !== undefined),
	);
}
