import type { Command, CommandRequest } from "../../../shared/command/command.ts";
import { type DeviceRef, deviceKeys } from "../../../shared/command/device.ts";
import { matches } from "../../../shared/command/filter.ts";
import { parseCommandRequest } from "../../../shared/command/request.ts";
import { isTerminal } from "../../../shared/command/state.ts";
import type { Submission } from "../../../shared/lifecycle/accept.ts";
import { cancel } from "../../../shared/lifecycle/cancel.ts";
import { settle } from "../../../shared/lifecycle/settle.ts";
import { listCommands } from "../../../shared/store/command-list.ts";
import type { Stored } from "../../../shared/stored.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { idempotencyKey } from "../headers.ts";
import { pageAnswer } from "../list.ts";
import { Problem } from "../problem.ts";
import { route } from "../route.ts";
import { commandAnswer } from "./command-answer.ts";
import {
	acceptedAnswers,
	commandDocument,
	commandSchema,
	endedCommand,
	newCommand,
	newCommandSchema,
} from "./command-document.ts";
import { commandQuery, readListQuery } from "./command-query.ts";
import { commandView } from "./command-view.ts";
import { pageDocument } from "./common-document.ts";

const createCommand = route({
	method: "POST",
	path: "/v1/commands",
	operationId: "createCommand",
	summary: "Send a command",
	description:
		"`Idempotency-Key`: the same key and body give the first command, for a day; another body is 409. `Prefer: wait=N` (30 s at most) answers 200 once it has ended",
	scope: "commands:write",
	body: {
		read: parseCommandRequest,
		document: () => ({ schema: newCommandSchema, example: newCommand }),
	},
	headers: ["Idempotency-Key", "Prefer"],
	answers: acceptedAnswers,
	problems: ["idempotency-conflict"],
	handle: (deps, { body, request }) =>
		submit(deps, request, { request: body, source: { type: "http", ref: null } }),
});

const listOfCommands = route({
	method: "GET",
	path: "/v1/commands",
	operationId: "listCommands",
	summary: "List commands, newest first",
	scope: "commands:read",
	query: commandQuery,
	answers: () => pageDocument("commands", commandSchema, endedCommand),
	async handle(deps, { query, request }) {
		const { device, ...filter } = readListQuery(query, deps.clock.now());
		const page = await listCommands(deps.table, deps.commands, {
			...filter,
			...(device ? { deviceKeys: await allKeys(deps, device) } : {}),
		});
		const settled = await Promise.all(page.commands.map((stored) => settle(deps, stored)));
		const shown = settled.filter(({ document }) => matches(filter, document));
		const commands = shown.map(({ document }) => commandView(document));
		return pageAnswer(request.url, { commands }, page.next);
	},
});

const getCommand = route({
	method: "GET",
	path: "/v1/commands/{id}",
	operationId: "getCommand",
	summary: "Get a command with its whole history",
	scope: "commands:read",
	answers: () => ({ 200: commandDocument("The command") }),
	problems: ["not-found"],
	async handle(deps, { params }) {
		const { document: command } = await settle(deps, await load(deps, params.id));
		return json(commandView(command));
	},
});

const cancelCommand = route({
	method: "POST",
	path: "/v1/commands/{id}/cancel",
	operationId: "cancelCommand",
	summary: "Cancel it before it is sent; 409 afterwards",
	scope: "commands:write",
	answers: () => ({
		200: commandDocument("It is canceled", { ...endedCommand, state: "canceled" }),
	}),
	problems: ["not-found", "state-conflict"],
	async handle(deps, { params }) {
		const read = await settle(deps, await load(deps, params.id));
		const ended = await cancel(deps, read);
		const command = (ended?.stored ?? read).document;
		if (ended?.changed) return json(commandView(command));
		throw new Problem(
			"state-conflict",
			`the command is ${command.state}; only accepted and waiting commands can be canceled`,
			{ members: { state: command.state } },
		);
	},
});

const redriveCommand = route({
	method: "POST",
	path: "/v1/commands/{id}/redrive",
	operationId: "redriveCommand",
	summary: "Send it again once it has ended, as a new command that names the old one",
	scope: "commands:write",
	headers: ["Idempotency-Key", "Prefer"],
	answers: acceptedAnswers,
	problems: ["not-found", "state-conflict", "idempotency-conflict"],
	async handle(deps, { params, request }) {
		const { document: command } = await settle(deps, await load(deps, params.id));
		if (!isTerminal(command.state)) {
			throw new Problem(
				"state-conflict",
				`the command is ${command.state} and may still reach its device; redrive it once it has ended`,
				{ members: { state: command.state } },
			);
		}
		const source = { type: "redrive", ref: command.id } as const;
		return submit(deps, request, { request: requestOf(command), source });
	},
});

export const commandRoutes = [
	createCommand,
	listOfCommands,
	getCommand,
	cancelCommand,
	redriveCommand,
];

async function submit(deps: HttpDeps, request: Request, submission: Submission): Promise<Response> {
	const key = idempotencyKey(request.headers);
	const accepted = await deps.acceptor.accept({
		...submission,
		// What a redrive repeats is its original: the same key on another one is another command.
		...(key === undefined
			? {}
			: { idempotencyKey: JSON.stringify(["key", key, ...redriven(submission)]) }),
	});
	if (accepted.outcome === "conflict") {
		throw new Problem(
			"idempotency-conflict",
			`the key was first used, with another body, for command ${accepted.commandId}`,
			{ members: { commandId: accepted.commandId } },
		);
	}
	await deps.acceptor.wake([accepted.stored]);
	return commandAnswer(deps, request, accepted.stored.document, accepted.outcome === "again");
}

const redriven = ({ source }: Submission): string[] =>
	source.type === "redrive" && source.ref ? [source.ref] : [];

async function load(deps: HttpDeps, id: string): Promise<Stored<Command>> {
	const stored = await deps.commands.get(id);
	if (!stored) throw new Problem("not-found", `there is no command ${id}`);
	return stored;
}

function requestOf(command: CommandRequest): CommandRequest {
	const { device, service, args, argsForm, expiresIn, replyTimeout } = command;
	const { onUnknown, whenOffline, lane, qos } = command;
	return {
		device,
		service,
		args,
		argsForm,
		expiresIn,
		replyTimeout,
		onUnknown,
		whenOffline,
		lane,
		qos,
	};
}

/** A device's history stands under each name that it was called by. */
async function allKeys(deps: HttpDeps, device: DeviceRef): Promise<string[]> {
	const given = deviceKeys(device);
	try {
		return [...new Set([...given, ...deviceKeys(await deps.identify(device))])];
	} catch (error) {
		deps.log.warn("a device's other names are not known; its list may be incomplete", {
			error: (error as Error).message,
		});
		return given;
	}
}
