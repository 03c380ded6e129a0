import { Hono } from "hono";
import type { Command, CommandRequest } from "../../shared/command/command.ts";
import { type DeviceRef, deviceKeys } from "../../shared/command/device.ts";
import { matches } from "../../shared/command/filter.ts";
import { type FieldError, parseCommandRequest } from "../../shared/command/request.ts";
import { isTerminal } from "../../shared/command/state.ts";
import { commandView } from "../../shared/command/view.ts";
import type { Submission } from "../../shared/lifecycle/accept.ts";
import { cancel } from "../../shared/lifecycle/cancel.ts";
import { settle } from "../../shared/lifecycle/settle.ts";
import { listCommands } from "../../shared/store/command-list.ts";
import type { Stored } from "../../shared/stored.ts";
import { commandAnswer, json, pageAnswer } from "./answers.ts";
import { readJson } from "./body.ts";
import type { HttpDeps } from "./deps.ts";
import { idempotencyKey } from "./headers.ts";
import { readCommandListQuery } from "./list-query.ts";
import { Problem } from "./problem.ts";

/** `/v1/commands` and what lies below it. */
export function commandRoutes(deps: HttpDeps): Hono {
	const routes = new Hono();

	routes.post("/", async ({ req }) => {
		const parsed = parseCommandRequest(await readJson(req.raw));
		if (!parsed.ok) throw new Problem("invalid-request", sentence(parsed.errors), parsed);
		return submit(deps, req.raw, { request: parsed.value, source: { type: "http", ref: null } });
	});

	routes.get("/", async ({ req }) => {
		const { device, ...query } = readCommandListQuery(req.query(), deps.clock.now());
		const page = await listCommands(deps.table, deps.commands, {
			...query,
			...(device ? { deviceKeys: await allKeys(deps, device) } : {}),
		});
		const settled = await Promise.all(page.commands.map((stored) => settle(deps, stored)));
		const shown = settled.filter(({ document }) => matches(query, document));
		const commands = shown.map(({ document }) => commandView(document));
		return pageAnswer(req.url, { commands }, page.next);
	});

	routes.get("/:id", async ({ req }) => {
		const { document: command } = await settle(deps, await load(deps, req.param("id")));
		return json(commandView(command));
	});

	routes.post("/:id/cancel", async ({ req }) => {
		const read = await settle(deps, await load(deps, req.param("id")));
		const ended = await cancel(deps, read);
		const command = (ended?.stored ?? read).document;
		if (ended?.changed) return json(commandView(command));
		throw new Problem(
			"state-conflict",
			`the command is ${command.state}; only accepted and waiting commands can be canceled`,
			{ members: { state: command.state } },
		);
	});

	routes.post("/:id/redrive", async ({ req }) => {
		const { document: command } = await settle(deps, await load(deps, req.param("id")));
		if (!isTerminal(command.state)) {
			throw new Problem(
				"state-conflict",
				`the command is ${command.state} and may still reach its device; redrive it once it has ended`,
				{ members: { state: command.state } },
			);
		}
		const source = { type: "redrive", ref: command.id } as const;
		return submit(deps, req.raw, { request: requestOf(command), source });
	});

	return routes;
}

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

export function sentence(errors: readonly FieldError[]): string {
	return errors.map(({ pointer, detail }) => `${pointer || "body"}: ${detail}`).join("; ");
}
