import type { Attempt, Command, Reply } from "../../shared/command/command.ts";
import type { Move } from "../../shared/command/move.ts";
import type { CallResult } from "../../shared/iot/platform.ts";
import { verdictOf, verdictOfReply } from "../../shared/iot/verdict.ts";
import {
	isExactNumber,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../../shared/json/exact.ts";
import { parkedUntil } from "../../shared/lifecycle/reply.ts";
import { spanOf } from "../../shared/trace.ts";

export interface Call {
	readonly startedAt: number;
	readonly endedAt: number;
	readonly result: CallResult;
}

/**
 * What one call of InvokeThingService does to its command.
 * @param nextAttemptAt when the next attempt begins at the latest, if there is one.
 */
export function moveOfCall(command: Command, call: Call, nextAttemptAt: number): Move {
	const { result, endedAt: at } = call;
	const facts = {
		at,
		attempt: { ...attemptOf(call), ...spanOf(command, call.startedAt) },
		...("answer" in result ? { answer: result.answer } : {}),
	};
	const retry = (): Move => ({
		...facts,
		event: "retry",
		wakeAt: Math.min(command.expiresAt, nextAttemptAt),
		error: errorOf(result),
	});
	switch (verdictOf(result)) {
		case "taken":
			return { ...facts, ...takenMove(command, result, at) };
		case "throttled":
		case "transient":
		case "not-sent":
			return retry();
		case "device-state":
			return command.whenOffline === "wait"
				? { ...facts, event: "park", wakeAt: parkedUntil(command, at), error: errorOf(result) }
				: { ...facts, event: "fail", error: errorOf(result) };
		case "unknown":
			return command.onUnknown === "resend"
				? { ...retry(), inDoubt: true }
				: { ...facts, event: "lose", error: errorOf(result) };
		case "permanent":
			return { ...facts, event: "fail", error: errorOf(result) };
	}
}

function takenMove(command: Command, result: CallResult, at: number): Omit<Move, "at"> {
	const answer = result.kind === "taken" ? result.answer : undefined;
	const messageId = answer?.messageId === undefined ? {} : { messageId: answer.messageId };
	if (answer?.result !== undefined) {
		const reply = readResult(answer.result, at);
		if (!reply || verdictOfReply(reply.code) === "done") {
			return { ...messageId, event: "succeed", ...(reply ? { reply } : {}) };
		}
		const error = { code: String(reply.code), message: reply.message ?? "refused by the device" };
		return { ...messageId, event: "fail", reply, error };
	}
	if (command.replyTimeout === 0) return { ...messageId, event: "succeed" };
	return { ...messageId, event: "send", wakeAt: at + command.replyTimeout * 1000 };
}

/** `Result` of a synchronous service: the device's reply as a JSON text, `{"code":200,"data":{},…}`. */
function readResult(result: string, at: number): Reply | undefined {
	try {
		const parsed = parseExact(result);
		if (!isExactObject(parsed) || !isExactNumber(parsed["code"])) return undefined;
		const { code, message, data } = parsed;
		return {
			code: Number(code.value),
			at,
			...(typeof message === "string" ? { message } : {}),
			...(data === undefined ? {} : { data: stringifyExact(data) }),
		};
	} catch {
		return undefined;
	}
}

function attemptOf({ startedAt, endedAt, result }: Call): Attempt {
	const requestId = "answer" in result ? result.answer.requestId : undefined;
	return {
		at: startedAt,
		durationMs: endedAt - startedAt,
		...(result.kind === "taken" ? {} : errorOf(result)),
		...(requestId === undefined ? {} : { requestId }),
	};
}

const errorOf = (result: CallResult) =>
	result.kind === "taken"
		? { code: "", message: "" }
		: { code: result.code, message: result.message };
