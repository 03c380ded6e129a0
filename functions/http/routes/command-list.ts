import type { Command } from "../../../shared/command/command.ts";
import { type CommandFilter, matches } from "../../../shared/command/filter.ts";
import type { ExactObject } from "../../../shared/json/exact.ts";
import { settle } from "../../../shared/lifecycle/settle.ts";
import { listCommands } from "../../../shared/store/command-list.ts";
import { DamagedRow } from "../../../shared/store/document-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import { damagedView } from "../damaged.ts";
import type { HttpDeps } from "../deps.ts";
import { pageAnswer, readCursor } from "../list.ts";
import { route } from "../route.ts";
import { commandSchema, endedCommand } from "./command-document.ts";
import { isAgeKey, listQuery, toFilter } from "./command-query.ts";
import { commandView } from "./command-view.ts";
import { documentsPage } from "./common-document.ts";

export const listOfCommands = route({
	method: "GET",
	path: "/v1/commands",
	operationId: "listCommands",
	summary: "List commands, newest first",
	description:
		"A page may have fewer than `limit`, even none, and a cursor all the same: it ends early where it would have to look at too many. A row that cannot be read is shown as its `id` and an `error`",
	scope: "commands:read",
	withinProducts: true,
	query: listQuery,
	answers: () => documentsPage("commands", commandSchema, endedCommand),
	async handle(deps, { query: { limit, cursor, ...fields }, request, caller }) {
		const filter = await toFilter(deps, fields, caller);
		const page = await listCommands(deps.table, deps.commands, {
			...filter,
			limit,
			...(cursor === undefined ? {} : { olderThan: readCursor(cursor, isAgeKey) }),
		});
		const shown = await Promise.all(page.items.map((item) => show(deps, filter, item)));
		const commands = shown.filter((one) => one !== undefined);
		return pageAnswer(request.url, { commands }, page.next);
	},
});

async function show(
	deps: HttpDeps,
	filter: CommandFilter,
	item: Stored<Command> | DamagedRow,
): Promise<ExactObject | undefined> {
	// Whose it is cannot be read either.
	if (item instanceof DamagedRow) return filter.products ? undefined : damagedView(item);
	const { document } = await settle(deps, item);
	return matches(filter, document) ? commandView(document) : undefined;
}
