import type { Command } from "../../shared/command/command.ts";
import { deviceKey } from "../../shared/command/device.ts";
import type { Move } from "../../shared/command/move.ts";
import { nextState } from "../../shared/command/state.ts";
import { type CallResult, IotError } from "../../shared/iot/platform.ts";
import { verdictOf } from "../../shared/iot/verdict.ts";
import { applyReply } from "../../shared/lifecycle/reply.ts";
import { overdue } from "../../shared/lifecycle/settle.ts";
import type { Stored } from "../../shared/stored.ts";
import { spanOf, traceOf } from "../../shared/trace.ts";
import type { WorkerDeps } from "./deps.ts";
import { holdBack } from "./job-gate.ts";
import { unlessReplied } from "./lost.ts";
import { type Call, moveOfCall } from "./outcome.ts";

/** What the outcome's writing may take after the call. */
const LEASE_MARGIN_MS = 15_000;

const NO_MODEL = {
	code: "NoThingModel",
	message: "the platform does not tell the thing model, which the arguments depend on",
};

/** Outcomes of a call whose message is on its way to the device. */
const MAY_REPLY: ReadonlySet<Move["event"]> = new Set(["send", "succeed"]);

export interface Limits {
	/** Who holds the leases; unique to this invocation. */
	readonly owner: string;
	/** Begins no attempt after this time, in milliseconds since the epoch. */
	readonly stopAt: number;
}

/** Where one attempt has left its command. */
export interface Step {
	readonly stored: Stored<Command>;
	/** `retry`: it did not reach the device; `hand-on`: there was no room for an attempt in time. */
	readonly next: "done" | "retry" | "hand-on";
}

/**
 * One attempt: waits for its turn, claims the command, calls, and writes what
 * became of it.
 *
 * @param nextAttemptAt when another attempt begins at the latest, if this one fails at the given time.
 * @throws TableError
 */
export async function attemptOnce(
	deps: WorkerDeps,
	stored: Stored<Command>,
	limits: Limits,
	nextAttemptAt: (failedAt: number) => number,
): Promise<Step> {
	const args = await fitArgs(deps, stored.document);
	if (args === undefined) return putOff(deps, stored, nextAttemptAt(deps.clock.now()));
	const release = await turnOf(deps, stored.document, limits.stopAt);
	if (!release) return { stored, next: "hand-on" };
	const held = await holdBack(deps, stored);
	if (held) {
		release();
		return { stored: held, next: "hand-on" };
	}
	let claimed: Stored<Command> | undefined;
	let result: CallResult;
	let startedAt: number;
	try {
		const claim = await claimIt(deps, stored, limits.owner);
		claimed = claim.claimed;
		// Whoever loses the claim does nothing: the winner sends.
		if (!claimed) return { stored: claim.found ?? stored, next: "done" };
		startedAt = deps.clock.now();
		const { device, service, qos } = claimed.document;
		result = await deps.platform.invokeService({ device, service, args, qos });
	} finally {
		release();
	}
	const call = { startedAt, endedAt: deps.clock.now(), result };
	report(deps, claimed.document, call);
	const change = moveOfCall(claimed.document, call, nextAttemptAt(call.endedAt));
	const after = await record(deps, claimed, change);
	// Where the device has replied all the same, there is nothing to repeat.
	const again =
		change.event === "retry" && after.document.state === "waiting" && !after.document.parked;
	return { stored: after, next: again ? "retry" : "done" };
}

/**
 * Waits for a place, for the platform and for the quota, in this order, so that
 * no call of the quota is held by a command that cannot be sent.
 * @returns the function that gives the place back; undefined if the time was up before.
 */
async function turnOf(
	{ places, outage, quota }: WorkerDeps,
	{ device, lane, source }: Command,
	until: number,
): Promise<(() => void) | undefined> {
	const key = deviceKey(device);
	const release = await places.take(
		{ device: key, product: device.productKey ?? key, lane },
		until,
	);
	if (!release) return undefined;
	const origin = `${source.type} ${source.ref ?? ""}`;
	for (;;) {
		const turn = await outage.over(until);
		if (turn === "none" || !(await quota.take(lane, until, origin))) break;
		// An outage that has begun meanwhile is found out by one of them.
		if (turn === "probe" || !outage.known) return release;
	}
	release();
	return undefined;
}

export async function claimIt(
	{ commands, clock, maxCallMs }: WorkerDeps,
	stored: Stored<Command>,
	owner: string,
): Promise<{ readonly claimed?: Stored<Command>; readonly found?: Stored<Command> }> {
	const changed = await commands.change(stored, (found) => {
		const now = clock.now();
		const lease = { owner, until: now + maxCallMs + LEASE_MARGIN_MS };
		// The waiting may have taken long enough for the command to expire.
		return overdue(found, now) ?? { event: "claim", at: now, lease, wakeAt: lease.until };
	});
	if (!changed) return {};
	const isOurs = changed.moved && changed.stored.document.state === "sending";
	return isOurs ? { claimed: changed.stored } : { found: changed.stored };
}

/** The thing model cannot be had now: the row says so, and until when, so that nobody else begins meanwhile. */
async function putOff(
	{ commands, clock }: WorkerDeps,
	stored: Stored<Command>,
	wakeAt: number,
): Promise<Step> {
	const changed = await commands.change(stored, (found) => {
		const now = clock.now();
		const until = Math.min(found.expiresAt, wakeAt);
		return overdue(found, now) ?? { event: "hold", at: now, wakeAt: until, error: NO_MODEL };
	});
	const after = changed?.stored ?? stored;
	const held = changed?.moved === true && after.document.state === "waiting";
	return { stored: after, next: held ? "retry" : "done" };
}

/** The arguments as the thing model wants them, or as they were given where there is no model; undefined: not yet. */
export async function fitArgs(deps: WorkerDeps, command: Command): Promise<string | undefined> {
	if (command.argsForm === "text") return command.args;
	try {
		return await deps.models.fit(command.device, command.service, command.args);
	} catch (error) {
		if (!(error instanceof IotError) && !(error instanceof SyntaxError)) throw error;
		const verdict = error instanceof IotError ? verdictOf(error.result) : "permanent";
		if (verdict !== "permanent" && verdict !== "device-state") return undefined;
		deps.log.warn("no thing model; the arguments are sent as they were given", {
			command: command.id,
			error: error.message,
		});
		return command.args;
	}
}

/** Tells the quota, the watch over outages and the log what a call has shown. */
function report(deps: WorkerDeps, command: Command, call: Call): void {
	const { startedAt, endedAt, result } = call;
	const verdict = verdictOf(result);
	const durationMs = endedAt - startedAt;
	deps.meter.call(verdict, durationMs);
	if (command.source.traceparent !== undefined) {
		const span = { ...traceOf(command), ...spanOf(command, startedAt) };
		deps.log.info("attempt", { command: command.id, ...span, verdict, durationMs });
	}
	if (result.kind === "unsendable") return;
	if (verdict !== "not-sent") {
		deps.quota.report(command.lane, verdict === "throttled" ? verdict : "taken");
	}
	const answered = result.kind === "taken" || result.kind === "refused";
	deps.outage.report(answered && verdict !== "transient");
}

/**
 * Writes what a call did, and beside it that its reply is awaited. The lease may
 * have been given up as lost meanwhile: then the outcome is still written where
 * the state lets it, and the attempt in any case.
 */
export async function record(
	deps: WorkerDeps,
	claimed: Stored<Command>,
	ofCall: Move,
): Promise<Stored<Command>> {
	const change = await unlessReplied(deps, claimed.document, ofCall);
	const { id, device, lease, source } = claimed.document;
	const key = deviceKey(device);
	if (change.event === "park") await deps.parked.add(key, id);
	const { messageId } = change;
	// The device replies to an asynchronous service whether that is awaited or not.
	const asks = messageId !== undefined && !change.reply && MAY_REPLY.has(change.event);
	// A job's command is found by job and device.
	const replies = asks && source.type !== "job";
	const awaiting = change.event === "send" ? id : undefined;
	const [changed, early] = await Promise.all([
		deps.commands.change(claimed, (found) => {
			const isOurs = found.lease?.owner === lease?.owner || found.state === "unknown";
			return isOurs && nextState(found.state, change.event) ? change : noteOf(change);
		}),
		replies ? deps.replies.expect(messageId, key, awaiting) : undefined,
	]);
	const after = changed?.stored ?? claimed;
	deps.gate.note(after.document);
	if (!early || !awaiting || messageId === undefined) return after;
	return (await applyReply(deps, after, messageId, early)) ?? after;
}

/** What a call has shown, for a command that has ended or been taken over meanwhile. */
const noteOf = ({ at, attempt, messageId }: Move): Move => ({
	event: "note",
	at,
	...(attempt ? { attempt } : {}),
	...(messageId === undefined ? {} : { messageId }),
});
