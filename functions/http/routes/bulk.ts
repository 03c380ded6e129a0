import {
	boundFilter,
	createOperation,
	type Kind,
	type Operation,
	USUAL_STATES,
} from "../../../shared/operation/operation.ts";
import { runOperation } from "../../../shared/operation/run.ts";
import { countCommands } from "../../../shared/store/command-count.ts";
import type { Stored } from "../../../shared/stored.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import { bodyOf } from "../body.ts";
import type { HttpDeps } from "../deps.ts";
import { create } from "../documents.ts";
import { route } from "../route.ts";
import { bulkFilter, toFilter } from "./command-query.ts";
import { whole } from "./common-document.ts";
import { operationDocument, operations, operationView } from "./operations.ts";

/**
 * How long an answer waits for its operation: most end within this time, and
 * what is left is the worker's, which no answer keeps awake.
 */
const RUN_IN_REQUEST_MS = 1_400;

const bulkSchema = z.strictObject({
	filter: bulkFilter,
	dryRun: z.optional(z.boolean()).check(z.describe("Only say how many match")),
});

export const bulkRoutes = [
	bulkRoute("cancel", "cancelCommands", "Cancel all commands that match a filter"),
	bulkRoute("redrive", "redriveCommands", "Send all commands that match a filter again"),
];

function bulkRoute(kind: Kind, operationId: string, summary: string) {
	const states = USUAL_STATES[kind].map((state) => `\`${state}\``).join(", ");
	return route({
		method: "POST",
		path: `/v1/commands/${kind}`,
		operationId,
		summary,
		description: `The filter is that of the list; without \`state\` it means ${states}. Commands that are accepted later do not belong to it. \`dryRun\` answers 200 and how many match`,
		scope: "commands:write",
		withinProducts: true,
		body: bodyOf({
			schema: bulkSchema,
			example: () => ({ filter: { state: "accepted,waiting", service: "Set" }, dryRun: true }),
		}),
		headers: ["Idempotency-Key"],
		answers: () => ({
			200: {
				description: "How many match (with `dryRun`)",
				schema: z.object({ matched: whole }),
				example: { matched: 500 },
			},
			202: {
				...operationDocument("It is under way; `Location` says where to look"),
				headers: ["Location", "Idempotent-Replayed"],
			},
		}),
		problems: ["idempotency-conflict"],
		async handle(deps, { body, request, caller }) {
			const filter = await toFilter(deps, body.filter, caller);
			if (body.dryRun) {
				const wanted = boundFilter(kind, filter, deps.clock.now());
				const matched = await countCommands(deps.table, deps.commands, wanted);
				return Response.json({ matched });
			}
			const made = await create(
				deps,
				operations(deps, caller),
				{ request, caller },
				{ kind, ...body },
				(id) =>
					createOperation({
						id,
						kind,
						filter,
						asked: body.filter,
						by: caller.name,
						createdAt: deps.clock.now(),
					}),
			);
			const shown = made.again ? made.stored.document : await begin(deps, made.stored);
			return json(operationView(shown), 202, {
				location: `/v1/operations/${shown.id}`,
				...(made.again ? { "idempotent-replayed": "true" } : {}),
			});
		},
	});
}

/** Goes as far as the time of one answer allows; the worker does the rest. */
async function begin(deps: HttpDeps, { document }: Stored<Operation>): Promise<Operation> {
	const turn = { owner: `http ${document.id}`, until: deps.clock.now() + RUN_IN_REQUEST_MS };
	try {
		const after = (await runOperation(deps, document.id, turn)) ?? document;
		if (after.state === "running") await deps.worker.resume(document.id);
		return after;
	} catch (error) {
		// It is stored, and the tick goes on with it.
		deps.log.warn("an operation goes on later", { operation: document.id, error: String(error) });
		return document;
	}
}
