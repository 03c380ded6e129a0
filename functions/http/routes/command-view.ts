import { requestOf } from "../../../shared/command/again.ts";
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
		// Shown first; the others of the request follow what became of it.
		service: command.service,
		args: command.argsForm === "text" ? command.args : readable(command.args),
		state: command.state,
		terminal: isTerminal(command.state),
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
		...howView(command),
		after: command.after && { command: command.after.command },
		createdAt: time(command.createdAt),
		updatedAt: time(command.updatedAt),
		expiresAt: time(command.expiresAt),
		nextAt: command.state === "waiting" && command.wakeAt ? time(command.wakeAt) : undefined,
	});
}

/** What else was asked for: every field of a request but the three that are shown in a form of their own. */
function howView(command: Command): Fields {
	const { device: _device, args: _args, argsForm: _form, ...how } = requestOf(command);
	return Object.fromEntries(
		Object.entries(how).map(([name, value]) => [
			name,
			typeof value === "number" ? number(value) : value,
		]),
	);
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
