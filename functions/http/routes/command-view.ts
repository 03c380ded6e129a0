import type { Attempt, Command, Reply } from "../../../shared/command/command.ts";
import { isTerminal } from "../../../shared/command/state.ts";
import {
	type ExactJson,
	type ExactObject,
	exactNumber,
	parseExact,
	stringifyExact,
} from "../../../shared/json/exact.ts";

type Fields = Record<string, ExactJson | undefined>;

/** A command as the HTTP API shows it: times as ISO 8601, numbers of the arguments digit for digit. */
export function commandView(command: Command): ExactObject {
	const { answer, reply, error } = command;
	return present({
		id: command.id,
		device: present({ ...command.device }),
		service: command.service,
		args: command.argsForm === "text" ? command.args : readable(command.args),
		state: command.state,
		terminal: isTerminal(command.state),
		lane: command.lane,
		source: present({
			...command.source,
			wave: command.source.wave === undefined ? undefined : number(command.source.wave),
		}),
		attempts: command.attempts.map(attemptView),
		attemptsOmitted: command.attemptsOmitted > 0 ? number(command.attemptsOmitted) : undefined,
		messageId: command.messageId,
		result: answer?.result ?? (reply && resultText(command.messageId, reply)),
		reply:
			reply &&
			present({
				code: number(reply.code),
				message: reply.message,
				data: reply.data === undefined ? undefined : readable(reply.data),
				at: time(reply.at),
			}),
		error: error && present({ ...error }),
		answer: answer && present({ ...answer }),
		expiresIn: number(command.expiresIn),
		replyTimeout: number(command.replyTimeout),
		onUnknown: command.onUnknown,
		whenOffline: command.whenOffline,
		qos: number(command.qos),
		order: command.order,
		after: command.after && { command: command.after.command },
		createdAt: time(command.createdAt),
		updatedAt: time(command.updatedAt),
		expiresAt: time(command.expiresAt),
		nextAt: command.state === "waiting" && command.wakeAt ? time(command.wakeAt) : undefined,
	});
}

/** The reply to an asynchronous service, in the form that `Result` has for a synchronous one. */
function resultText(messageId: string | undefined, reply: Reply): string {
	return stringifyExact(
		present({
			code: number(reply.code),
			data: reply.data === undefined ? {} : readable(reply.data),
			id: messageId,
			message: reply.message,
		}),
	);
}

function attemptView(attempt: Attempt): ExactObject {
	return present({
		...attempt,
		at: time(attempt.at),
		durationMs: number(attempt.durationMs),
	});
}

/** What is stored and cannot be read is shown as the text that it is. */
function readable(text: string): ExactJson {
	try {
		return parseExact(text);
	} catch {
		return text;
	}
}

const number = (value: number) => exactNumber(String(value));
const time = (ms: number) => new Date(ms).toISOString();

/** Leaves out what is undefined. */
function present(fields: Fields): ExactObject {
	return Object.fromEntries(
		Object.entries(fields).filter((entry): entry is [string, ExactJson] => entry[1] !== undefined),
	);
}
