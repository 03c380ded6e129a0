import { decodeTime } from "ulid";
import type { Clock } from "../clock.ts";
import type { Command, CommandRequest, Source } from "../command/command.ts";
import { createCommand } from "../command/create.ts";
import { newCommandId } from "../command/id.ts";
import type { WorkerInvoker } from "../fc/worker-invoker.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { IdempotencyStore } from "../store/idempotency-store.ts";

export interface AcceptDeps {
	readonly commands: CommandStore;
	readonly idempotency: IdempotencyStore;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly random: () => number;
}

export interface Submission {
	readonly request: CommandRequest;
	readonly source: Source;
	/** Of its own kind of caller: an HTTP key and a message id never mean the same. */
	readonly idempotencyKey?: string;
}

export type Accepted =
	| { readonly outcome: "created" | "again"; readonly command: Command }
	| { readonly outcome: "conflict"; readonly commandId: string };

/** Makes submissions into stored commands, once each, and has the worker look at them. */
export class Acceptor {
	readonly #deps: AcceptDeps;

	constructor(deps: AcceptDeps) {
		this.#deps = deps;
	}

	/** Durable when it returns; the worker has not been told yet: see `wake`. */
	async accept({ request, source, idempotencyKey }: Submission): Promise<Accepted> {
		const { commands, idempotency, clock, random } = this.#deps;
		let id = newCommandId(request.device, clock.now(), random);
		let again = false;
		if (idempotencyKey !== undefined) {
			const claim = await idempotency.claim(idempotencyKey, request, id);
			if (claim.outcome === "conflict") return { outcome: "conflict", commandId: claim.commandId };
			again = claim.outcome === "again";
			id = claim.commandId;
			if (again) {
				const standing = await commands.get(id);
				if (standing) return { outcome: "again", command: standing.command };
			}
		}
		// Whoever claimed the key first may have died before storing the command, or be about to:
		// the same id and the id's own time make the same command, and one of us stores it.
		const command = createCommand(id, decodeTime(id.slice(0, 26)), request, source);
		const { stored, created } = await commands.create(command);
		return { outcome: created && !again ? "created" : "again", command: stored.command };
	}

	/** Tells the worker. If that fails, the commands' due rows bring them up within two minutes. */
	async wake(commands: readonly Command[]): Promise<void> {
		const waiting = commands.filter(({ state }) => state === "accepted").map(({ id }) => id);
		if (waiting.length > 0) await this.#deps.worker.wake(waiting, "accepted");
	}
}
