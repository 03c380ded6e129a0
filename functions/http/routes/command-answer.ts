import type { Command } from "../../../shared/command/command.ts";
import { isTerminal } from "../../../shared/command/state.ts";
import { settle } from "../../../shared/lifecycle/settle.ts";
import type { Stored } from "../../../shared/stored.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { etag } from "../preconditions.ts";
import { preferredWait } from "../prefer.ts";
import { commandView } from "./command-view.ts";

const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 500;

/** A command as it is now, in its version. */
export const commandShown = (
	{ document, version }: Stored<Command>,
	status = 200,
	headers: Record<string, string> = {},
): Response => json(commandView(document), status, { etag: etag(version), ...headers });

/** 202 with the command, or, where the caller prefers to wait and it ends in time, 200. */
export async function commandAnswer(
	deps: HttpDeps,
	request: Request,
	command: Stored<Command>,
	again: boolean,
): Promise<Response> {
	const waitSeconds = preferredWait(request.headers);
	const shown = waitSeconds > 0 ? await untilTerminal(deps, command, waitSeconds) : command;
	const { id, state } = shown.document;
	return commandShown(shown, waitSeconds > 0 && isTerminal(state) ? 200 : 202, {
		location: `/v1/commands/${id}`,
		...(waitSeconds > 0 ? { "preference-applied": `wait=${waitSeconds}` } : {}),
		...(again ? { "idempotent-replayed": "true" } : {}),
	});
}

/** Reads the command again and again, ever more slowly, until nothing more will come of it. */
async function untilTerminal(
	deps: HttpDeps,
	command: Stored<Command>,
	seconds: number,
): Promise<Stored<Command>> {
	const until = deps.clock.now() + seconds * 1000;
	let shown = command;
	for (let pause = FIRST_POLL_MS; !isTerminal(shown.document.state); pause *= 1.3) {
		const left = until - deps.clock.now();
		if (left <= 0) return shown;
		await deps.clock.sleep(Math.min(pause, MAX_POLL_MS, left));
		const stored = await deps.commands.get(command.document.id);
		if (stored) shown = await settle(deps, stored);
	}
	return shown;
}
