import pRetry from "p-retry";
import { withAttempt } from "../../shared/command/attempts.ts";
import { deviceKey } from "../../shared/command/device.ts";
import { type Move, move } from "../../shared/command/move.ts";
import { IotError } from "../../shared/iot/platform.ts";
import { verdictOf } from "../../shared/iot/verdict.ts";
import { isReady, settleOverdue } from "../../shared/lifecycle/overdue.ts";
import { applyReply } from "../../shared/lifecycle/reply.ts";
import { fullJitter } from "../../shared/retry/full-jitter.ts";
import type { Stored } from "../../shared/store/command-store.ts";
import type { WorkerDeps } from "./deps.ts";
import { moveOfCall, SEND_BACKOFF } from "./outcome.ts";
import { holdBack } from "./overlap.ts";

/** What the outcome's writing may take after the call, and what clocks may differ. */
const LEASE_MARGIN_MS = 15_000;
/** A command that is due within this time is as good as due: clocks of instances differ. */
const EARLY_MS = 2_000;

/** Nothing is wrong, but the command must be looked at again at this time. */
class NotYet extends Error {
	readonly wakeAt: number;
	constructor(wakeAt: number) {
		super("not yet");
		this.wakeAt = wakeAt;
	}
}

/**
 * Sends one command, again and again where that is safe, until it has an
 * outcome or its time is up.
 *
 * @param owner who holds the lease; unique to this invocation.
 * @param stopAt begins no attempt after this time, in milliseconds since the epoch.
 * @returns when somebody else must go on, or undefined if there is nothing left to do here.
 */
export async function sendCommand(
	deps: WorkerDeps,
	id: string,
	owner: string,
	stopAt: number,
): Promise<number | undefined> {
	let stored = await deps.commands.get(id);
	const held = stored && (await holdBack(deps, stored, deps.clock.now() + EARLY_MS));
	if (held) return held.command.wakeAt;
	try {
		await pRetry(
			async (attempt) => {
				if (stored) stored = await attemptOnce(deps, stored, { owner, stopAt, attempt });
			},
			{
				retries: Number.POSITIVE_INFINITY,
				minTimeout: 0,
				shouldRetry: ({ error }) => error instanceof NotYet && error.wakeAt < stopAt,
				onFailedAttempt: async ({ error }) => {
					if (!(error instanceof NotYet) || error.wakeAt >= stopAt) return;
					await deps.clock.sleep(Math.max(0, error.wakeAt - deps.clock.now()));
					stored = await deps.commands.get(id);
				},
			},
		);
		return undefined;
	} catch (error) {
		if (error instanceof NotYet) return error.wakeAt;
		throw error;
	}
}

interface AttemptLimits {
	readonly owner: string;
	readonly stopAt: number;
	/** 1 for the first within this invocation. */
	readonly attempt: number;
}

/** @throws NotYet if there must be another attempt. */
async function attemptOnce(
	deps: WorkerDeps,
	read: Stored,
	limits: AttemptLimits,
): Promise<Stored | undefined> {
	const { clock } = deps;
	let stored = await settleOverdue(deps, read);
	if (!isReady(stored.command, clock.now() + EARLY_MS)) return undefined;
	const args = await fitArgs(deps, stored, limits);
	const { lane, source } = stored.command;
	const origin = `${source.type} ${source.ref ?? ""}`;
	if (!(await deps.quota.take(lane, limits.stopAt, origin))) throw new NotYet(clock.now());
	// The waiting may have taken long enough for the command to expire.
	stored = await settleOverdue(deps, stored);
	if (!isReady(stored.command, clock.now() + EARLY_MS)) return undefined;

	const lease = { owner: limits.owner, until: clock.now() + deps.maxCallMs + LEASE_MARGIN_MS };
	const sending = move(stored.command, {
		event: "claim",
		at: clock.now(),
		lease,
		wakeAt: lease.until,
	});
	const claimed = sending && (await deps.commands.replace(stored, sending));
	// Whoever loses the claim does nothing: the winner sends.
	if (!claimed) return undefined;

	const startedAt = clock.now();
	const { device, service, qos } = claimed.command;
	const result = await deps.platform.invokeService({ device, service, args, qos });
	const verdict = verdictOf(result);
	if (verdict !== "not-sent") deps.quota.report(lane, verdict === "throttled" ? verdict : "taken");
	const call = { startedAt, endedAt: clock.now(), result };
	const change = moveOfCall(claimed.command, call, deps.random);
	const after = await record(deps, claimed, change);
	if (after?.command.state === "waiting" && change.event === "retry") {
		throw new NotYet(after.command.wakeAt ?? clock.now());
	}
	return after;
}

/** The arguments as the thing model wants them; where the model cannot be had for good, as they were given. */
async function fitArgs(
	deps: WorkerDeps,
	{ command }: Stored,
	limits: AttemptLimits,
): Promise<string> {
	if (command.argsForm === "text") return command.args;
	try {
		return await deps.models.fit(command.device, command.service, command.args);
	} catch (error) {
		if (!(error instanceof IotError)) throw error;
		const verdict = verdictOf(error.result);
		if (verdict === "permanent" || verdict === "device-state") {
			deps.log.warn("no thing model; the arguments are sent as they were given", {
				command: command.id,
				error: error.message,
			});
			return command.args;
		}
		// Nothing was sent, so this is no attempt and no risk.
		const { clock, random } = deps;
		throw new NotYet(clock.now() + fullJitter(limits.attempt, SEND_BACKOFF, random));
	}
}

/**
 * Writes what a call did. Somebody may have given the lease up as lost
 * meanwhile: then the outcome is still written where the state lets it, and
 * the attempt in any case.
 */
async function record(
	deps: WorkerDeps,
	claimed: Stored,
	change: Move,
): Promise<Stored | undefined> {
	for (let stored: Stored | undefined = claimed; stored; ) {
		const { command }: Stored = stored;
		const ours = stored === claimed || command.lease?.owner === claimed.command.lease?.owner;
		const moved = ours || command.state === "unknown" ? move(command, change) : undefined;
		const next = moved ?? {
			...command,
			...(change.attempt ? withAttempt(command, change.attempt) : {}),
			...(change.messageId && command.state === "unknown" ? { messageId: change.messageId } : {}),
		};
		if (change.event === "park") await deps.parked.add(deviceKey(command.device), command.id);
		const replaced: Stored | undefined = await deps.commands.replace(stored, next);
		if (replaced) return (await meetReply(deps, replaced)) ?? replaced;
		stored = await deps.commands.get(command.id);
	}
	return undefined;
}

/** Says that this command awaits the reply to its message, and takes one that has overtaken it. */
async function meetReply(deps: WorkerDeps, { command }: Stored): Promise<Stored | undefined> {
	const { id, state, messageId, device } = command;
	if (messageId === undefined || (state !== "sent" && state !== "unknown")) return undefined;
	const early = await deps.replies.expect(messageId, deviceKey(device), id);
	return early && applyReply(deps, id, messageId, early);
}
