import type { Command } from "../../shared/command/command.ts";
import { isTerminal } from "../../shared/command/state.ts";
import { commandView } from "../../shared/command/view.ts";
import { type ExactJson, type ExactObject, stringifyExact } from "../../shared/json/exact.ts";
import { settle } from "../../shared/lifecycle/settle.ts";
import type { HttpDeps } from "./deps.ts";
import { preferredWait } from "./headers.ts";
import { toCursor } from "./list-query.ts";

const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 500;

export function json(
	body: ExactJson,
	status = 200,
	headers: Record<string, string> = {},
): Response {
	return new Response(stringifyExact(body), {
		status,
		headers: { "content-type": "application/json", ...headers },
	});
}

/** A page of a list: `cursor` is null at the end, and otherwise in a Link to the next page (RFC 8288) as well. */
export function pageAnswer(url: string, items: ExactObject, next: string | undefined): Response {
	if (next === undefined) return json({ ...items, cursor: null });
	const cursor = toCursor(next);
	const { pathname, searchParams } = new URL(url);
	searchParams.set("cursor", cursor);
	return json({ ...items, cursor }, 200, { link: `<${pathname}?${searchParams}>; rel="next"` });
}

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
