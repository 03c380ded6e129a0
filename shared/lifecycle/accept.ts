import type { Clock } from "../clock.ts";
import type { Command, CommandRequest, Source } from "../command/command.ts";
import { createCommand } from "../command/create.ts";
import type { WorkerInvoker } from "../fc/worker-invoker.ts";
import { newId } from "../ids.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { IdempotencyStore } from "../store/idempotency-store.ts";
import type { OrderStore } from "../store/order-store.ts";
import type { Stored } from "../stored.ts";
import { TableError } from "../table/table.ts";
import { inOrder } from "./in-order.ts";

/** What a caller waits for the worker to be told. */
const WAKE_WITHIN_MS = 300;

export interface AcceptDeps {
	readonly commands: CommandStore;
	readonly orders: OrderStore;
	readonly idempotency: IdempotencyStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly random: () => number;
}

export interface Submission {
	readonly request: CommandRequest;
	readonly source: Source;
	/** The command's id, derived from what must not become a second command. */
	readonly id?: string;
	/** Means the same command for a day. */
	readonly idempotencyKey?: string;
}

export type Accepted =
	| { readonly outcome: "created" | "again"; readonly stored: Stored<Command> }
	| { readonly outcome: "conflict"; readonly commandId: string };

/** The table store failed while the command was being stored: it may be stored, or not. */
export class MaybeAccepted extends Error {
	override readonly name = "MaybeAccepted";
	readonly commandId: string;
	constructor(commandId: string, cause: Error) {
		super(`command ${commandId} may be accepted, or not: ${cause.message}`, { cause });
		this.commandId = commandId;
	}
}

/** Makes submissions into stored commands, once each, and has the worker look at them. */
export class Acceptor {
	readonly #deps: AcceptDeps;

	constructor(deps: AcceptDeps) {
		this.#deps = deps;
	}

	/**
	 * Durable when it returns; the worker has not been told yet: see `wake`.
	 * @throws MaybeAccepted, TableError
	 */
	async accept(submission: Submission): Promise<Accepted> {
		const { commands, clock } = this.#deps;
		const { request, source } = submission;
		const claimed = await this.#claimId(submission);
		if (claimed.outcome === "conflict") return claimed;
		const { id } = claimed;
		const command = createCommand(id, clock.now(), request, source);
		const created = await commands
			.create(await inOrder(this.#deps, command))
			.catch((error: Error) => {
				if (error instanceof TableError && error.applied === "no") throw error;
				throw new MaybeAccepted(id, error);
			});
		// Whoever claimed the key first may have ended before storing the command: then this one is the first.
		if (created) return { outcome: claimed.outcome, stored: created };
		const stored = await commands.get(id);
		if (!stored) throw new Error(`command ${id} is neither new nor there`);
		return { outcome: "again", stored };
	}

	/**
	 * Tells the worker, and waits for that no longer than a moment: where it
	 * fails or takes long, the tick finds the commands within two minutes.
	 */
	async wake(commands: readonly Stored<Command>[]): Promise<void> {
		const { worker, clock } = this.#deps;
		const waiting = commands.filter(({ document }) => document.state === "accepted");
		if (waiting.length === 0) return;
		await new Promise<void>((resolve) => {
			const cancel = clock.after(WAKE_WITHIN_MS, resolve);
			void worker.wake(waiting).finally(() => {
				cancel();
				resolve();
			});
		});
	}

	async #claimId({
		request,
		id = newId(this.#deps.clock.now(), this.#deps.random),
		idempotencyKey,
	}: Submission): Promise<
		| { readonly outcome: "created" | "again"; readonly id: string }
		| { readonly outcome: "conflict"; readonly commandId: string }
	> {
		if (idempotencyKey === undefined) return { outcome: "created", id };
		const claim = await this.#deps.idempotency.claim(idempotencyKey, request, id);
		if (claim.outcome === "conflict") return { outcome: "conflict", commandId: claim.id };
		return { outcome: claim.outcome === "first" ? "created" : "again", id: claim.id };
	}
}
