import type { Command } from "../../../shared/command/command.ts";
import { deviceKey } from "../../../shared/command/device.ts";
import type { Job } from "../../../shared/job/job.ts";
import { jobCommandId } from "../../../shared/job/waves.ts";
import { jobCommandIds } from "../../../shared/store/job-commands.ts";
import type { WorkerDeps } from "../deps.ts";
import { newJobCommand, storeAndWake } from "./make.ts";

type Retry = NonNullable<Job["retry"]>;

/**
 * Begins the next commands of devices whose command ended in one of the retry's
 * states. The old command says first which one takes its place, and counts no
 * longer; only then the new one is stored. What is cut off between the two is
 * found again by what the old one says.
 *
 * @returns "none" once there is nothing left to begin.
 */
export async function retryCommands(
	deps: WorkerDeps,
	job: Job,
	retry: Retry,
	count: number,
): Promise<"some" | "none"> {
	let left = count;
	const isMeant = (row: { readonly state: Command["state"]; readonly superseded: boolean }) =>
		!row.superseded && retry.states.includes(row.state);
	for await (const ids of jobCommandIds(deps.table, job.id, isMeant)) {
		const replaced = await Promise.all(
			ids.slice(0, left).map((id) => supersede(deps, job, retry, id)),
		);
		const begun = replaced.flatMap((command) => command ?? []);
		await storeAndWake(deps, begun);
		left -= begun.length;
		if (left <= 0) return "some";
	}
	if (left < count) return "some";
	await beginLost(deps, job);
	return "none";
}

/** @returns the command that takes its place; undefined if it is no longer in a state to be retried. */
async function supersede(
	deps: WorkerDeps,
	job: Job,
	retry: Retry,
	id: string,
): Promise<Command | undefined> {
	const now = deps.clock.now();
	const changed = await deps.commands.change(id, (found) => {
		const isOld = found.createdAt < retry.startedAt && found.supersededBy === undefined;
		if (!isOld || !retry.states.includes(found.state)) return undefined;
		const supersededBy = jobCommandId(job.id, deviceKey(found.device), retry.round);
		return { event: "note", at: now, supersededBy };
	});
	return changed?.moved ? successor(job, changed.stored.document, now) : undefined;
}

function successor(job: Job, old: Command, now: number): Command | undefined {
	if (old.supersededBy === undefined) return undefined;
	const { device, service, args, argsForm, expiresIn, replyTimeout } = old;
	const { onUnknown, whenOffline, lane, qos, order } = old;
	const request = { device, service, args, argsForm, expiresIn, replyTimeout };
	const ordered = order === undefined ? {} : { order };
	const how = { onUnknown, whenOffline, lane, qos, ...ordered };
	return newJobCommand(job, old.supersededBy, { ...request, ...how }, old.source.wave ?? 1, now);
}

/** Commands whose predecessor names them and that do not exist: whoever began them was cut off. */
async function beginLost(deps: WorkerDeps, job: Job): Promise<void> {
	for await (const ids of jobCommandIds(deps.table, job.id, ({ superseded }) => superseded)) {
		const old = await Promise.all(ids.map((id) => deps.commands.getReadable(id)));
		const now = deps.clock.now();
		const named = old.flatMap((stored) => (stored && successor(job, stored.document, now)) ?? []);
		const found = await Promise.all(named.map(({ id }) => deps.commands.getReadable(id)));
		await storeAndWake(
			deps,
			named.filter((_, index) => !found[index]),
		);
	}
}
