import { parseQueuedCommand } from "../../../shared/command/request.ts";
import { readContent } from "../../../shared/fc/queue-event.ts";
import { idFrom } from "../../../shared/ids.ts";
import type { ExactObject } from "../../../shared/json/exact.ts";
import { type DeadLetter, deadLetterSchema } from "../../../shared/store/dead-letter-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { type Collection, load } from "../documents.ts";
import { listDocuments, pageSchema } from "../list.ts";
import { etag } from "../preconditions.ts";
import { invalid, Problem } from "../problem.ts";
import { route } from "../route.ts";
import { commandAnswer } from "./command-answer.ts";
import { acceptedAnswers } from "./command-document.ts";
import { documentsPage, instant, notModified } from "./common-document.ts";

const listDeadLetters = route({
	method: "GET",
	path: "/v1/dead-letters",
	operationId: "listDeadLetters",
	summary: "List messages and timer payloads that were no command, newest first",
	scope: "commands:read",
	query: pageSchema,
	answers: () => documentsPage("deadLetters", letterDocument().schema, letterDocument().example),
	handle: (deps, call) => listDocuments(letters(deps), call, "deadLetters", view),
});

const getDeadLetter = route({
	method: "GET",
	path: "/v1/dead-letters/{id}",
	operationId: "getDeadLetter",
	summary: "Get one of them, with the reason",
	scope: "commands:read",
	headers: ["If-None-Match"],
	answers: () => ({
		200: { ...letterDocument(), headers: ["ETag"] },
		...notModified,
	}),
	problems: ["not-found"],
	handle: async (deps, { params }) => {
		const stored = await load(letters(deps), params.id);
		return json(view(stored), 200, { etag: etag(stored.version) });
	},
});

const redriveDeadLetter = route({
	method: "POST",
	path: "/v1/dead-letters/{id}/redrive",
	operationId: "redriveDeadLetter",
	summary: "Try again to make it a command",
	scope: "commands:write",
	headers: ["Prefer"],
	answers: acceptedAnswers,
	problems: ["not-found", "idempotency-conflict", "unusable-dead-letter"],
	async handle(deps, { params, request, caller }) {
		const stored = await load(letters(deps), params.id);
		const letter = stored.document;
		const parsed = parseQueuedCommand(readContent(letter.text));
		if (!parsed.ok) throw invalid(parsed.errors, "unusable-dead-letter");
		const accepted = await deps.acceptor.accept({
			request: parsed.value.request,
			source: { type: "redrive", ref: letter.id, by: caller.name },
			// Whoever redrives it twice gets the same command.
			id: idFrom("dead-letter", letter.id),
		});
		if (accepted.outcome === "conflict") {
			throw new Problem("idempotency-conflict", `it became command ${accepted.commandId}`);
		}
		const redrivenAs = accepted.stored.document.id;
		await deps.deadLetters.replace(stored, { ...letter, redrivenAs });
		await deps.acceptor.wake([accepted.stored]);
		return commandAnswer(deps, request, accepted.stored, accepted.outcome === "again");
	},
});

export const deadLetterRoutes = [listDeadLetters, getDeadLetter, redriveDeadLetter];

const letters = ({ deadLetters }: HttpDeps): Collection<DeadLetter> => ({
	store: deadLetters,
	what: "dead letter",
});

const view = ({ document: letter }: Stored<DeadLetter>): ExactObject => ({
	...letter,
	source: { ...letter.source },
	at: new Date(letter.at).toISOString(),
});

function letterDocument() {
	return {
		description: "The dead letter",
		schema: z.extend(deadLetterSchema, { at: instant }).check(z.meta({ id: "DeadLetter" })),
		example: {
			id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
			at: "2026-12-01T07:00:00.000Z",
			source: { type: "queue", ref: "6EC100E416F7ACF9DA2D693C79D1D18E" },
			reason: "/service: is required",
			text: '{"device":{"iotId":"Q7uOhVRdZRRlDnTLv00100"}}',
		},
	};
}
