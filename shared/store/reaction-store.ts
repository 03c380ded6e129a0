import { type Reaction, reactionSchema } from "../reaction/reaction.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { DocumentStore } from "./document-store.ts";

/** One row that changes with every change of any reaction. */
const REVISION_KEY = ["revision", "all"];

/** Reactions, and a mark by which an instance notices that one has changed. */
export class ReactionStore extends DocumentStore<Reaction> {
	readonly #table: Table;

	constructor(table: Table) {
		super(table, { table: "reactions", schema: reactionSchema });
		this.#table = table;
	}

	override async create(reaction: Reaction): Promise<Stored<Reaction> | undefined> {
		return this.#announce(await super.create(reaction));
	}

	override async replace(
		read: Stored<Reaction>,
		reaction: Reaction,
	): Promise<Stored<Reaction> | undefined> {
		return this.#announce(await super.replace(read, reaction));
	}

	override async remove(read: Stored<Reaction>): Promise<boolean> {
		const removed = await super.remove(read);
		if (removed) await this.#announce({ ...read, version: -read.version });
		return removed;
	}

	/** Another text after each change, so that whoever keeps the reactions knows when to read them again. */
	async revision(): Promise<string> {
		const row = await this.#table.get("reactions", REVISION_KEY);
		return String(row?.columns["last_change"] ?? "");
	}

	async #announce<T extends Stored<Reaction> | undefined>(stored: T): Promise<T> {
		if (!stored) return stored;
		const { document, version } = stored;
		const columns = { last_change: `${document.id} ${version} ${document.updatedAt}` };
		await this.#table.put("reactions", { key: REVISION_KEY, columns }, { row: "any" });
		return stored;
	}
}
