import { Hono } from "hono";
import { parseQueuedCommand } from "../../shared/command/request.ts";
import { readContent } from "../../shared/fc/queue-event.ts";
import { idFrom, isId } from "../../shared/ids.ts";
import type { ExactObject } from "../../shared/json/exact.ts";
import type { DeadLetter } from "../../shared/store/dead-letter-store.ts";
import type { Stored } from "../../shared/stored.ts";
import { commandAnswer, json, pageAnswer } from "./answers.ts";
import { sentence } from "./commands.ts";
import type { HttpDeps } from "./deps.ts";
import { pageSchema, parseQuery, readCursor } from "./list-query.ts";
import { Problem } from "./problem.ts";

/** `/v1/dead-letters`: what came from a queue or a timer and could not be made into anything. */
export function deadLetterRoutes(deps: HttpDeps): Hono {
	const routes = new Hono();

	routes.get("/", async ({ req }) => {
		const { limit, cursor } = parseQuery(pageSchema, req.query());
		const olderThan = cursor === undefined ? undefined : readCursor(cursor, isId);
		const letters = await deps.deadLetters.list(limit + 1, olderThan);
		const shown = letters.slice(0, limit);
		const last = shown.at(-1);
		const next = letters.length > limit ? last?.document.id : undefined;
		return pageAnswer(req.url, { deadLetters: shown.map(({ document }) => view(document)) }, next);
	});

	routes.get("/:id", async ({ req }) => json(view((await load(deps, req.param("id"))).document)));

	routes.post("/:id/redrive", async ({ req }) => {
		const stored = await load(deps, req.param("id"));
		const letter = stored.document;
		const parsed = parseQueuedCommand(readContent(letter.text));
		if (!parsed.ok) throw new Problem("unusable-dead-letter", sentence(parsed.errors), parsed);
		const accepted = await deps.acceptor.accept({
			request: parsed.value.request,
			source: { type: "redrive", ref: letter.id },
			// Whoever redrives it twice gets the same command.
			id: idFrom("dead-letter", letter.id),
		});
		if (accepted.outcome === "conflict") {
			throw new Problem("idempotency-conflict", `it became command ${accepted.commandId}`);
		}
		const redrivenAs = accepted.stored.document.id;
		await deps.deadLetters.replace(stored, { ...letter, redrivenAs });
		await deps.acceptor.wake([accepted.stored]);
		return commandAnswer(deps, req.raw, accepted.stored.document, accepted.outcome === "again");
	});

	return routes;
}

async function load(deps: HttpDeps, id: string): Promise<Stored<DeadLetter>> {
	const stored = await deps.deadLetters.get(id);
	if (!stored) throw new Problem("not-found", `there is no dead letter ${id}`);
	return stored;
}

const view = (letter: DeadLetter): ExactObject => ({
	...letter,
	source: { ...letter.source },
	at: new Date(letter.at).toISOString(),
});
