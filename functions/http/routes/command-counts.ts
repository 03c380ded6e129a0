import { STATES } from "../../../shared/command/state.ts";
import {
	countByReading,
	countByState,
	isCountedByIndex,
} from "../../../shared/store/state-counts.ts";
import * as z from "../../../shared/zod.ts";
import { route } from "../route.ts";
import { streamQuery, toFilter } from "./command-query.ts";
import { whole } from "./common-document.ts";

/** How many commands that match are in each state. A glance, and bounded: bulk operations count exactly. */
const countCommands = route({
	method: "GET",
	path: "/v1/commands/counts",
	operationId: "countCommands",
	summary: "Count commands by state",
	description:
		"The filters of the list, but for `state`. Counting stops at 2,000 a state, or with other filters than time at the newest 500 commands; `more` names the states of which there may be more",
	scope: "commands:read",
	query: streamQuery,
	answers: () => ({
		200: {
			description: "The counts",
			schema: z
				.object({ counts: z.record(z.enum(STATES), whole), more: z.array(z.enum(STATES)) })
				.check(z.meta({ id: "CommandCounts" })),
			example: {
				counts: { ...Object.fromEntries(STATES.map((state) => [state, 0])), succeeded: 2000 },
				more: ["succeeded"],
			},
		},
	}),
	async handle(deps, { query, caller }) {
		const filter = await toFilter(deps, query, caller);
		const counted = isCountedByIndex(filter)
			? await countByState(deps.table, filter)
			: await countByReading(deps.table, deps.commands, filter);
		return Response.json(counted);
	},
});

export const commandCountRoutes = [countCommands];
