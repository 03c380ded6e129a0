import * as z from "zod";
import { deviceKeys } from "../../../shared/command/device.ts";
import { STATES } from "../../../shared/command/state.ts";
import {
	countByReading,
	countByState,
	isCountedByIndex,
} from "../../../shared/store/state-counts.ts";
import { route } from "../route.ts";
import { commandQuery, readListQuery } from "./command-query.ts";
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
	query: commandQuery,
	answers: () => ({
		200: {
			description: "The counts",
			schema: z
				.object({ counts: z.record(z.enum(STATES), whole), more: z.array(z.enum(STATES)) })
				.meta({ id: "CommandCounts" }),
			example: {
				counts: { ...Object.fromEntries(STATES.map((state) => [state, 0])), succeeded: 2000 },
				more: ["succeeded"],
			},
		},
	}),
	async handle({ table, commands, clock }, { query, caller: { products } }) {
		const {
			device,
			limit: _limit,
			olderThan: _older,
			...wanted
		} = readListQuery(query, clock.now());
		const filter = {
			...wanted,
			...(products ? { products } : {}),
			...(device ? { deviceKeys: deviceKeys(device) } : {}),
		};
		const counted = isCountedByIndex(filter)
			? await countByState(table, filter)
			: await countByReading(table, commands, filter);
		return Response.json(counted);
	},
});

export const commandCountRoutes = [countCommands];
