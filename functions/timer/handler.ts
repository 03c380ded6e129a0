import type { Clock } from "../../shared/clock.ts";
import { parseQueuedCommand } from "../../shared/command/request.ts";
import { type FcContext, timeLimit } from "../../shared/fc/context.ts";
import { readTimerEvent, type TimerEvent } from "../../shared/fc/timer-event.ts";
import type { OperationInvoker, WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import { idFrom } from "../../shared/ids.ts";
import { parseExact } from "../../shared/json/exact.ts";
import type { Acceptor } from "../../shared/lifecycle/accept.ts";
import type { Log } from "../../shared/log.ts";
import type { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import { type OperationsDeps, resumeOperations } from "./operations.ts";
import { runSchedules, type ScheduleResult, type SchedulesDeps } from "./schedules.ts";
import { type SweepDeps, sweep } from "./sweep.ts";

export interface TimerDeps extends SweepDeps, SchedulesDeps, OperationsDeps {
	readonly acceptor: Acceptor;
	readonly deadLetters: DeadLetterStore;
	readonly worker: WorkerInvoker & OperationInvoker;
	readonly clock: Clock;
	readonly log: Log;
}

export type TimerResult =
	| {
			readonly did: "swept";
			readonly looked: number;
			readonly woken: number;
			readonly schedules: ScheduleResult;
	  }
	| { readonly did: "accepted"; readonly commandId: string }
	| { readonly did: "dead-lettered"; readonly deadLetterId: string; readonly reason: string };

/** What a sweep needs to end in good order. */
const END_MARGIN_MS = 15_000;

/** A timer without a payload is the tick that runs schedules and sweeps; one with a payload sends that command. */
export function createHandler(ofProcess: TimerDeps) {
	return async (event: Buffer, context: FcContext): Promise<TimerResult> => {
		const deps = { ...ofProcess, log: ofProcess.log.with({ requestId: context.requestId }) };
		const timer = readTimerEvent(event);
		if (timer.payload.trim() === "") {
			const until = timeLimit(context, deps.clock.now()) - END_MARGIN_MS;
			// Schedules first: what they hand on is due to the second.
			const schedules = await runSchedules(deps, until);
			const operations = await resumeOperations(deps);
			const swept = await sweep(deps, until);
			deps.log.debug("swept", { ...swept, schedules, operations });
			return { did: "swept", ...swept, schedules };
		}
		return acceptPayload(deps, timer);
	};
}

async function acceptPayload(deps: TimerDeps, timer: TimerEvent): Promise<TimerResult> {
	const firing = `${timer.triggerName} ${timer.triggerTime}`;
	const parsed = parsePayload(timer.payload);
	const reject = (reason: string) => deadLetter(deps, timer, firing, reason);
	if (!parsed.ok) {
		return reject(
			parsed.errors.map(({ pointer, detail }) => `${pointer || "payload"}: ${detail}`).join("; "),
		);
	}
	const accepted = await deps.acceptor.accept({
		request: parsed.value.request,
		source: { type: "timer", ref: firing },
		// The same firing may be delivered twice; an explicit key means what it means everywhere.
		...(parsed.value.idempotencyKey === undefined
			? { id: idFrom("timer", timer.triggerName, timer.triggerTime) }
			: { idempotencyKey: JSON.stringify(["key", parsed.value.idempotencyKey]) }),
	});
	if (accepted.outcome === "conflict") {
		return reject(`its idempotency key stands for another command, ${accepted.commandId}`);
	}
	await deps.acceptor.wake([accepted.stored]);
	return { did: "accepted", commandId: accepted.stored.document.id };
}

function parsePayload(payload: string): ReturnType<typeof parseQueuedCommand> {
	try {
		return parseQueuedCommand(parseExact(payload));
	} catch (error) {
		return {
			ok: false,
			errors: [{ pointer: "", detail: `is not JSON: ${(error as Error).message}` }],
		};
	}
}

async function deadLetter(
	deps: TimerDeps,
	timer: TimerEvent,
	firing: string,
	reason: string,
): Promise<TimerResult> {
	const firedAt = Date.parse(timer.triggerTime);
	const letter = await deps.deadLetters.add(
		{
			at: Number.isNaN(firedAt) ? deps.clock.now() : firedAt,
			source: { type: "timer", ref: firing },
			reason,
			text: timer.payload,
		},
		`timer ${firing}`,
	);
	deps.log.warn("the timer's payload is no command", {
		timer: timer.triggerName,
		reason,
		deadLetter: letter.id,
	});
	return { did: "dead-lettered", deadLetterId: letter.id, reason };
}
