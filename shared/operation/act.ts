import { requestOf } from "../command/again.ts";
import type { Command } from "../command/command.ts";
import { isTerminal } from "../command/state.ts";
import { idFromTime } from "../ids.ts";
import type { Acceptor } from "../lifecycle/accept.ts";
import { cancel } from "../lifecycle/cancel.ts";
import type { ReplyDeps } from "../lifecycle/reply.ts";
import { settle } from "../lifecycle/settle.ts";
import { readAll } from "../store/command-store.ts";
import { DamagedRow } from "../store/document-store.ts";
import type { Stored } from "../stored.ts";
import type { Operation } from "./operation.ts";

export interface ActDeps extends ReplyDeps {
	readonly acceptor: Acceptor;
}

type Result = "done" | "skipped" | "failed";
/** Ids by what became of them. */
export type Tally = Readonly<Record<Result, readonly string[]>>;

/** A command of the page; one that is to be read has no row yet. */
export interface Target {
	readonly id: string;
	readonly read?: Stored<Command> | DamagedRow;
}

/**
 * Does to each command what the operation is for. Done twice it does nothing
 * more and gives the same answer: a canceled command names its operation, and a
 * redriven one's id derives from it.
 */
export async function act(
	deps: ActDeps,
	operation: Operation,
	targets: readonly Target[],
): Promise<Tally> {
	const missing = targets.filter(({ read }) => !read);
	const found = new Map(
		(await readAll(deps.commands, missing)).map(({ entry, found }) => [entry.id, found]),
	);
	const created: Stored<Command>[] = [];
	const results = await Promise.all(
		targets.map(async ({ id, read = found.get(id) }): Promise<Result> => {
			// Its time to live is over.
			if (!read) return "skipped";
			if (read instanceof DamagedRow) return "failed";
			return operation.kind === "cancel"
				? cancelOne(deps, operation, read)
				: redriveOne(deps, operation, read, created);
		}),
	);
	await deps.acceptor.wake(created);
	const idsOf = (wanted: Result) =>
		targets.filter((_, at) => results[at] === wanted).map(({ id }) => id);
	return { done: idsOf("done"), skipped: idsOf("skipped"), failed: idsOf("failed") };
}

async function cancelOne(deps: ActDeps, { id }: Operation, read: Stored<Command>): Promise<Result> {
	const error = { code: "Canceled", message: `canceled by operation ${id}` };
	const isOurs = ({ document }: Stored<Command>) => document.error?.message === error.message;
	if (isOurs(read)) return "done";
	const ended = await cancel(deps, await settle(deps, read), error);
	return ended && isOurs(ended.stored) ? "done" : "skipped";
}

/** In the bulk lane, so that those who wait for their own command are not behind it. */
async function redriveOne(
	{ acceptor }: ActDeps,
	{ id, createdAt, by }: Operation,
	{ document: command }: Stored<Command>,
	created: Stored<Command>[],
): Promise<Result> {
	if (!isTerminal(command.state)) return "skipped";
	const accepted = await acceptor.accept({
		request: { ...requestOf(command), lane: "bulk" },
		source: { type: "redrive", ref: command.id, ...(by === undefined ? {} : { by }) },
		id: idFromTime(createdAt, "redrive", id, command.id),
	});
	if (accepted.outcome === "conflict") return "skipped";
	created.push(accepted.stored);
	return "done";
}
