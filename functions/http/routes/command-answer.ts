import type { Command } from "../../../shared/command/command.ts";
import { isTerminal } from "../../../shared/command/state.ts";
import { settle } from "../../../shared/lifecycle/settle.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { preferredWait } from "../headers.ts";
import { commandView } from "./command-view.ts";

const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 500;

/** 202 with the command, or, where the caller prefers to wait and it ends in time, 200. */
export async function commandAnswer(
	deps: HttpDeps,
	request: Request,
	command: Command,
	again: boolean,
): Promise<Response> {
	const waitSeconds = preferredWait(request.headers);
	const shown = waitSeconds > 0 ? await untilTerminal(deps, command, waitSeconds) : command;
	return json(commandView(shown), waitSeconds > 0 && isTerminal(shown.state) ? 200 : 202, {
		location: `/v1/commands/${shown.id}`,
		...(waitSeconds > 0 ? { "preference-applied": `wait=${waitSeconds}` } : {}),
		...(again ? { "idempotent-replayed": "true" } : {}),
	});
}

/** Reads the command again and again, ever more slowly, until nothing more will come of it. */
async function untilTerminal(deps: HttpDeps, command: Command, seconds: number): Promise<Command> {
	const until = deps.clock.now() + seconds * 1000;
	let shown = command;
	for (let pause = FIRST_POLL_MS; !isTerminal(shown.state); pause *= 1.3) {
		const left = until - deps.clock.now();
		if (left <= 0) return shown;
		await deps.clock.sleep(Math.min(pause, MAX_POLL_MS, left));
		const stored = await deps.commands.get(command.id);
		if (stored) shown = (await settle(deps, stored)).document;
	}
	return shown;
}
