import type { Command } from "commander";
import type { Client, Schedule } from "../../client/src/index.ts";
import { wholeNumber } from "../options.ts";
import type { Column } from "../output/table.ts";
import { fromNow, localTime } from "../output/time.ts";
import { runsWithApi, type Session } from "../session.ts";

interface DueRun {
	readonly dueAt: string;
	readonly at: string;
	readonly local: string;
	readonly schedule: string;
	readonly name?: string | undefined;
	readonly service: string;
}

const USUAL = 10;
const PAGE = 100;
const AT_ONCE = 8;

export function register(command: Command, session: Session): void {
	command.option("--count <n>", "so many runs", wholeNumber, USUAL);
	runsWithApi<{ count: number }>(command, session, async ({ client, io, show, options }) => {
		const columns: readonly Column<DueRun>[] = [
			{ title: "DUE", value: ({ dueAt }) => localTime(dueAt) },
			{ title: "", value: ({ dueAt }) => fromNow(dueAt, io.clock.now()) },
			{ title: "SCHEDULE", value: ({ name }) => name },
			{ title: "SERVICE", value: ({ service }) => service },
			{ title: "ID", value: ({ schedule }) => schedule, whole: true },
		];
		const runs = await nextRuns(client, options.count, io.progress);
		await show.list(runs, columns, { none: "no schedule has a run to come" });
		return undefined;
	});
}

/** The next runs of all schedules together; only schedules that can be among them are previewed. */
async function nextRuns(
	client: Client,
	count: number,
	progress: (line: string) => void,
): Promise<DueRun[]> {
	const active: Schedule[] = [];
	for await (const schedule of client.schedules.list({ limit: PAGE })) {
		if (schedule.status === "active" && schedule.nextRunAt) active.push(schedule);
	}
	const earliest = candidates(active, count);
	const runs: DueRun[] = [];
	for (let from = 0; from < earliest.length; from += AT_ONCE) {
		progress(`looking at ${from} of ${earliest.length} schedules …`);
		const some = earliest.slice(from, from + AT_ONCE);
		const found = await Promise.all(some.map((schedule) => runsOf(client, schedule, count)));
		runs.push(...found.flat());
	}
	return runs.sort((left, right) => compare(left.dueAt, right.dueAt)).slice(0, count);
}

/**
 * A run comes between its time and the jitter after that. As soon as `count`
 * runs are certain to have come, no schedule whose next one is later matters.
 */
function candidates(active: readonly Schedule[], count: number): Schedule[] {
	const latest = active
		.map(({ nextRunAt = "", jitterSeconds = 0 }) => Date.parse(nextRunAt) + jitterSeconds * 1000)
		.sort((left, right) => left - right)[count - 1];
	if (latest === undefined) return [...active];
	return active.filter(({ nextRunAt = "" }) => Date.parse(nextRunAt) <= latest);
}

async function runsOf(client: Client, { id, name, command }: Schedule, count: number) {
	const { runs } = await client.schedules.preview(id, { count: Math.min(count, PAGE) });
	const { service } = command;
	return runs.map(({ at, dueAt, local }) => ({ dueAt, at, local, schedule: id, name, service }));
}

/** Times as the API writes them sort by their text. */
const compare = (left = "", right = ""): number => (left < right ? -1 : left > right ? 1 : 0);
