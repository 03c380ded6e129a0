import type { Clock } from "../../shared/clock.ts";
import type { Command, Reply } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKeys } from "../../shared/command/device.ts";
import { MAY_BE_REPLIED } from "../../shared/command/state.ts";
import { applyReply, type ReplyDeps } from "../../shared/lifecycle/reply.ts";
import { commandOf, type LiveJob, type LiveJobs } from "../../shared/store/live-jobs.ts";
import type { Stored } from "../../shared/stored.ts";
import type { Table } from "../../shared/table/table.ts";
import type { JobWatch } from "./job-watch.ts";

export interface JobReplyDeps extends ReplyDeps {
	readonly table: Table;
	readonly liveJobs: LiveJobs;
	readonly jobWatch: JobWatch;
	readonly clock: Clock;
}

/** What a device said, and to which message of which service, where its topic says so. */
export interface Said {
	readonly device: DeviceRef;
	readonly messageId: string;
	readonly service?: string;
	readonly reply: Reply;
}

/** A device's last commands: another one may be whom the reply is for. */
const LAST_COMMANDS = 3;
/** So long a reply to an earlier message may come late. */
const LATE_REPLY_MS = 600_000;
/** Messages of earlier commands are known for so long. */
const KNOWN_MS = 7 * 86_400_000;

/**
 * Looks for the command among those of jobs: its id follows from job and
 * device, so that nobody has to write down which message it awaits a reply to.
 * Where several devices were sent to in one call, no message id is known; then
 * it is the device's only command of that service that awaits a reply.
 *
 * @returns whether it has found its command.
 */
export async function replyOfJob(
	deps: JobReplyDeps,
	said: Said,
	jobs: readonly LiveJob[],
): Promise<boolean> {
	for (const key of deviceKeys(said.device)) {
		for (const job of jobs) {
			const stored = await commandOf(deps.commands, job, key);
			if (stored && (await isFor(deps, job, stored, key, said))) return true;
		}
	}
	return false;
}

async function isFor(
	deps: JobReplyDeps,
	job: LiveJob,
	stored: Stored<Command>,
	key: string,
	{ messageId, service, reply }: Said,
): Promise<boolean> {
	const { document: command } = stored;
	if (command.messageId === messageId) {
		// Also where it has nothing to change, as at a repetition.
		const after = await applyReply(deps, stored, messageId, reply);
		if (after) await deps.jobWatch.note(job, after.document.state);
		return true;
	}
	if (!isAwaited(command) || command.service !== service) return false;
	if (await isOfAnother(deps, key, command, messageId)) return false;
	const isIts = (found: Command) => found.messageId === messageId || isAwaited(found);
	const after = await applyReply(deps, stored, messageId, reply, isIts);
	if (after) await deps.jobWatch.note(job, after.document.state);
	return after !== undefined;
}

/** Its message is not known: its call has not been noted yet, or it was sent together with others. */
const isAwaited = ({ together, state, messageId }: Command): boolean =>
	state === "sending" ||
	(together === true && MAY_BE_REPLIED.has(state) && messageId === undefined);

/** Another command of the device is being sent at this moment, or awaits just this message. */
async function isOfAnother(
	{ table, commands, replies, clock }: JobReplyDeps,
	key: string,
	{ id, service }: Command,
	messageId: string,
): Promise<boolean> {
	const now = clock.now();
	const range = { prefix: [key], direction: "backward", limit: LAST_COMMANDS } as const;
	const last = await table.range("commands_by_device", range);
	const others = last.flatMap(({ key: row }) => {
		const [createdAt = "", other = ""] = (row[1] ?? "").split("#");
		return other === id || now - Number(createdAt) > KNOWN_MS ? [] : [{ createdAt, other }];
	});
	if (others.length === 0) return false;
	if (await replies.isAwaited(messageId, key)) return true;
	const recent = others.filter(({ createdAt }) => now - Number(createdAt) <= LATE_REPLY_MS);
	const found = await Promise.all(recent.map(({ other }) => commands.getReadable(other)));
	return found.some((other) => other && mayBeIts(other.document, service, messageId));
}

/** It awaits this message, or is being sent, or nobody knows its message. */
function mayBeIts(other: Command, service: string, messageId: string): boolean {
	if (other.messageId !== undefined) return other.messageId === messageId;
	return other.service === service && (other.state === "sending" || other.state === "unknown");
}
