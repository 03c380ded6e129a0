import { requestOf } from "../../../shared/command/again.ts";
import type { Command } from "../../../shared/command/command.ts";
import { parseCommandRequest } from "../../../shared/command/request.ts";
import { isTerminal } from "../../../shared/command/state.ts";
import { ownedKey } from "../../../shared/key/key.ts";
import { reachesDevice } from "../../../shared/key/products.ts";
import type { Submission } from "../../../shared/lifecycle/accept.ts";
import { cancel } from "../../../shared/lifecycle/cancel.ts";
import { settle } from "../../../shared/lifecycle/settle.ts";
import type { Stored } from "../../../shared/stored.ts";
import { readTraceparent } from "../../../shared/trace.ts";
import type { HttpDeps } from "../deps.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { Problem } from "../problem.ts";
import { type Caller, route } from "../route.ts";
import { bulkRoutes } from "./bulk.ts";
import { commandAnswer, commandShown } from "./command-answer.ts";
import {
	acceptedAnswers,
	commandDocument,
	endedCommand,
	newCommand,
	newCommandSchema,
} from "./command-document.ts";
import { listOfCommands } from "./command-list.ts";
import { notModified } from "./common-document.ts";
import { streamOfCommands } from "./stream.ts";

const createCommand = route({
	method: "POST",
	path: "/v1/commands",
	operationId: "createCommand",
	summary: "Send a command",
	description:
		"`Idempotency-Key`: the same key and body give the first command, for a day; another body is 409. `Prefer: wait=N` (30 s at most) answers 200 once it has ended",
	scope: "commands:write",
	withinProducts: true,
	body: {
		read: parseCommandRequest,
		document: () => ({ schema: newCommandSchema, example: newCommand }),
	},
	headers: ["Idempotency-Key", "Prefer"],
	answers: acceptedAnswers,
	problems: ["idempotency-conflict"],
	handle(deps, { body, request, caller }) {
		if (!reachesDevice(caller, body.device)) {
			throw new Problem(
				"forbidden",
				`the key "${caller.name}" is limited to products: name a device of theirs by productKey and deviceName`,
				{ members: { products: caller.products } },
			);
		}
		const source = { type: "http", ref: null, by: caller.name } as const;
		return submit(deps, { request, caller }, { request: body, source });
	},
});

const getCommand = route({
	method: "GET",
	path: "/v1/commands/{id}",
	operationId: "getCommand",
	summary: "Get a command with its whole history",
	scope: "commands:read",
	withinProducts: true,
	headers: ["If-None-Match"],
	answers: () => ({
		200: commandDocument("The command"),
		...notModified,
	}),
	problems: ["not-found"],
	handle: async (deps, { params, caller }) =>
		commandShown(await settle(deps, await load(deps, params.id, caller))),
});

const cancelCommand = route({
	method: "POST",
	path: "/v1/commands/{id}/cancel",
	operationId: "cancelCommand",
	summary: "Cancel it before it is sent; 409 afterwards",
	scope: "commands:write",
	withinProducts: true,
	answers: () => ({
		200: commandDocument("It is canceled", { ...endedCommand, state: "canceled" }),
	}),
	problems: ["not-found", "state-conflict"],
	async handle(deps, { params, caller }) {
		const read = await settle(deps, await load(deps, params.id, caller));
		const ended = await cancel(deps, read);
		if (ended?.changed) return commandShown(ended.stored);
		const command = (ended?.stored ?? read).document;
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
	withinProducts: true,
	headers: ["Idempotency-Key", "Prefer"],
	answers: acceptedAnswers,
	problems: ["not-found", "state-conflict", "idempotency-conflict"],
	async handle(deps, { params, request, caller }) {
		const { document: command } = await settle(deps, await load(deps, params.id, caller));
		if (!isTerminal(command.state)) {
			throw new Problem(
				"state-conflict",
				`the command is ${command.state} and may still reach its device; redrive it once it has ended`,
				{ members: { state: command.state } },
			);
		}
		const source = { type: "redrive", ref: command.id, by: caller.name } as const;
		return submit(deps, { request, caller }, { request: requestOf(command), source });
	},
});

export const commandRoutes = [
	createCommand,
	listOfCommands,
	getCommand,
	cancelCommand,
	redriveCommand,
	...bulkRoutes,
	streamOfCommands,
];

async function submit(
	deps: HttpDeps,
	{ request, caller }: { readonly request: Request; readonly caller: Caller },
	submission: Submission,
): Promise<Response> {
	const key = idempotencyKey(request.headers);
	const traceparent = readTraceparent(request.headers.get("traceparent"));
	const accepted = await deps.acceptor.accept({
		...submission,
		source: { ...submission.source, ...(traceparent === undefined ? {} : { traceparent }) },
		// What a redrive repeats is its original: the same key on another one is another command.
		...(key === undefined
			? {}
			: { idempotencyKey: ownedKey(caller, key, ...redriven(submission)) }),
	});
	if (accepted.outcome === "conflict") {
		throw new Problem(
			"idempotency-conflict",
			`the key was first used, with another body, for command ${accepted.commandId}`,
			{ members: { commandId: accepted.commandId } },
		);
	}
	await deps.acceptor.wake([accepted.stored]);
	return commandAnswer(deps, request, accepted.stored, accepted.outcome === "again");
}

const redriven = ({ source }: Submission): string[] =>
	source.type === "redrive" && source.ref ? [source.ref] : [];

/** To a key that is limited to products, commands to others do not exist. */
async function load(deps: HttpDeps, id: string, caller: Caller): Promise<Stored<Command>> {
	const stored = await deps.commands.get(id);
	if (stored && reachesDevice(caller, stored.document.device)) return stored;
	throw new Problem("not-found", `there is no command ${id}`);
}
