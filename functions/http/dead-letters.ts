import { Hono } from "hono";
import { parseQueuedCommand } from "../../shared/command/request.ts";
import { readContent } from "../../shared/fc/queue-event.ts";
import type { ExactObject } from "../../shared/json/exact.ts";
import type { DeadLetter } from "../../shared/store/dead-letter-store.ts";
import { commandAnswer, json, pageAnswer } from "./answers.ts";
import { sentence } from "./commands.ts";
import type { HttpDeps } from "./deps.ts";
import { pageSchema, parseQuery, readCursor } from "./list-query.ts";
import { Problem } from "./problem.ts";

const isDeadLetterId = (text: string) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);

/** `/v1/dead-letters`: what came from a queue or a timer and could not be made into anything. */
export function deadLetterRoutes(deps: HttpDeps): Hono {
	const routes = new Hono();

	routes.get("/", async ({ req }) => {
		const { limit, cursor } = parseQuery(pageSchema, req.query());
		const olderThan = cursor === undefined ? undefined : readCursor(cursor, isDeadLetterId);
		const letters = await deps.deadLetters.list(limit + 1, olderThan);
		const shown = letters.slice(0, limit);
		const last = shown.at(-1);
		const next = letters.length > limit ? last?.id : undefined;
		return pageAnswer(req.url, { deadLetters: shown.map(view) }, next);
	});

	routes.get("/:id", async ({ req }) => json(view(await load(deps, req.param("id")))));

	routes.post("/:id/redrive", async ({ req }) => {
		const letter = await load(deps, req.param("id"));
		const parsed = parseQueuedCommand(readContent(letter.text));
		if (!parsed.ok) throw new Problem("unusable-dead-letter", sentence(parsed.errors), parsed);
		const accepted = await deps.acceptor.accept({
			request: parsed.value.request,
			source: { type: "redrive", ref: letter.id },
			// Whoever redrives it twice gets the same command.
			idempotencyKey: JSON.stringify(["dead-letter", letter.id]),
		});
		if (accepted.outcome === "conflict") {
			throw new Problem("idempotency-conflict", `it became command ${accepted.commandId}`);
		}
		await deps.deadLetters.markRedriven(letter, accepted.command.id);
		await deps.acceptor.wake([accepted.command]);
		return commandAnswer(deps, req.raw, accepted.command, accepted.outcome === "again");
	});

	return routes;
}

async function load(deps: HttpDeps, id: string): Promise<DeadLetter> {
	const letter = await deps.deadLetters.get(id);
	if (!letter) throw new Problem("not-found", `there is no dead letter ${id}`);
	return letter;
}

const view = (letter: DeadLetter): ExactObject => ({
	...letter,
	source: { ...letter.source },
	at: new Date(letter.at).toISOString(),
});
