import type { Command } from "../../client/src/index.ts";
import { duration, fromNow } from "../output/time.ts";
import { adviceOn } from "./advice.ts";
import { attemptText } from "./attempt.ts";
import { deviceText } from "./device.ts";

interface Step {
	/** ISO 8601 */
	readonly at: string;
	readonly text: string;
}

/** One command, told from its beginning. */
export interface Story {
	readonly headline: string;
	readonly steps: readonly Step[];
	readonly advice: string | undefined;
}

export function storyOf(command: Command, now: number): Story {
	const { service, device, createdAt } = command;
	const what = `${service} on ${deviceText(device)}`;
	return {
		headline: `${what} ${stateText(command, now)}`,
		steps: [
			{ at: createdAt, text: `accepted ${sourceText(command)}` },
			...attemptSteps(command),
			...replySteps(command),
			...endSteps(command),
		],
		advice: adviceOn(command),
	};
}

function stateText(command: Command, now: number): string {
	const { createdAt, updatedAt, state } = command;
	const error = "error" in command ? command.error : undefined;
	const why = error ? `: ${error.message || error.code} (${error.code})` : "";
	const took = duration(Date.parse(updatedAt) - Date.parse(createdAt));
	switch (state) {
		case "accepted":
			return `was accepted ${fromNow(createdAt, now)} and waits for a worker.`;
		case "waiting":
			return `is waiting${waitText(command, now)}${why}.`;
		case "sending":
			return "is being sent at this moment.";
		case "sent":
			return `was taken by the platform ${fromNow(updatedAt, now)}; the device's reply is awaited for ${command.replyTimeout} s.`;
		case "succeeded":
			return `succeeded, ${took} after it was accepted.`;
		case "failed":
			return `failed${why}.`;
		case "timed_out":
			return `timed out: the platform took it, and the device did not reply within ${command.replyTimeout} s.`;
		case "expired":
			return `expired: it could not be handed to the platform within ${duration(command.expiresIn * 1000)}${why}.`;
		case "canceled":
			return `was canceled before it was sent${why}.`;
		case "unknown":
			return `has an unknown outcome: the device may have it, or not${why}.`;
	}
}

function waitText(command: Command, now: number): string {
	if (command.state !== "waiting") return "";
	const offline = /offline|inactive|halfconn|920[01]/i.test(command.error?.code ?? "");
	if (offline && command.whenOffline === "wait") {
		return ` for its device to come online, until it expires ${fromNow(command.expiresAt, now)}`;
	}
	if (command.nextAt === undefined) return "";
	const what = command.attempts.length > 0 ? "next attempt" : "time";
	return ` for its ${what}, ${fromNow(command.nextAt, now)}`;
}

function sourceText({ source }: Command): string {
	const { type, ref, by } = source;
	const from = {
		http: "over HTTP",
		timer: `from the timer ${ref}`,
		queue: `from the queue, message ${ref}`,
		reaction: `because of the reaction ${ref}`,
		redrive: `as a redrive of ${ref}`,
		schedule: `from the schedule ${ref}`,
		job: `from the job ${ref}`,
	}[type];
	return `${from ?? `from ${type} ${ref ?? ""}`}${by ? `, key ${by}` : ""}`;
}

/** Those that are kept are the first ones and the last ones. */
const FIRST_KEPT = 10;

function attemptSteps({ attempts, attemptsOmitted = 0 }: Command): Step[] {
	return attempts.map((attempt, index) => {
		const after = index >= FIRST_KEPT ? attemptsOmitted : 0;
		const left =
			index === FIRST_KEPT && attemptsOmitted > 0 ? `(${attemptsOmitted} are left out here) ` : "";
		return {
			at: attempt.at,
			text: `${left}attempt ${index + 1 + after}: ${attemptText(attempt)}`,
		};
	});
}

function replySteps(command: Command): Step[] {
	if (!("reply" in command) || !command.reply) return [];
	const { at, code, message, data } = command.reply;
	const said = message ? ` "${message}"` : "";
	const with_ = data === undefined ? "" : ` with ${JSON.stringify(data)}`;
	return [{ at, text: `the device replied ${code}${said}${with_}` }];
}

function endSteps({ terminal, state, updatedAt }: Command): Step[] {
	return terminal ? [{ at: updatedAt, text: state.replace("_", " ") }] : [];
}
