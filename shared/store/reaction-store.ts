import type { Reaction } from "../reaction/reaction.ts";
import type { Row, Table } from "../table/table.ts";
import { allShards, shardOf } from "./shard.ts";

/** A reaction as it was read, with the version that a change of it must still find. */
export interface StoredReaction {
	readonly reaction: Reaction;
	readonly version: bigint;
}

const REACTION_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
export const isReactionId = (text: string): boolean => REACTION_ID.test(text);

const PAGE = 500;
/** One row that changes with every change of any reaction. */
const REVISION_KEY = ["revision", "all"];

/** Reactions, each one row that is replaced whole and only in the version that was read. */
export class ReactionStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	async get(id: string): Promise<StoredReaction | undefined> {
		if (!isReactionId(id)) return undefined;
		const row = await this.#table.get("reactions", keyOf(id));
		return row && fromRow(row);
	}

	/** @returns undefined if there is one of that id already. */
	async create(reaction: Reaction): Promise<StoredReaction | undefined> {
		const stored = { reaction, version: 1n };
		if (!(await this.#table.put("reactions", toRow(stored), { row: "absent" }))) return undefined;
		await this.#announce(stored);
		return stored;
	}

	/** @returns undefined if somebody else changed it meanwhile: then nothing is written. */
	async replace(read: StoredReaction, reaction: Reaction): Promise<StoredReaction | undefined> {
		const stored = { reaction, version: read.version + 1n };
		const condition = { row: "present", column: "version", equals: read.version } as const;
		if (!(await this.#table.put("reactions", toRow(stored), condition))) return undefined;
		await this.#announce(stored);
		return stored;
	}

	async remove(read: StoredReaction): Promise<void> {
		await this.#table.remove("reactions", keyOf(read.reaction.id), { row: "any" });
		await this.#announce({ ...read, version: -read.version });
	}

	/** Newest first. */
	async list(limit: number, olderThan?: string): Promise<StoredReaction[]> {
		const pages = await Promise.all(
			allShards().map((shard) =>
				this.#table.range("reactions", {
					prefix: [shard],
					...(olderThan ? { before: olderThan } : {}),
					direction: "backward",
					limit,
				}),
			),
		);
		const found = pages.flat().map(fromRow);
		return found.sort((a, b) => (a.reaction.id < b.reaction.id ? 1 : -1)).slice(0, limit);
	}

	async all(): Promise<Reaction[]> {
		const shards = await Promise.all(allShards().map((shard) => this.#allOf(shard)));
		return shards.flat().map((row) => fromRow(row).reaction);
	}

	/** Another text after each change, so that whoever keeps the reactions knows when to read them again. */
	async revision(): Promise<string> {
		const row = await this.#table.get("reactions", REVISION_KEY);
		return String(row?.columns["last_change"] ?? "");
	}

	async #allOf(shard: string): Promise<Row[]> {
		const rows: Row[] = [];
		for (;;) {
			const after = rows.at(-1)?.key;
			const page = await this.#table.range("reactions", {
				prefix: [shard],
				...(after ? { after } : {}),
				direction: "forward",
				limit: PAGE,
			});
			rows.push(...page);
			if (page.length < PAGE) return rows;
		}
	}

	async #announce({ reaction, version }: StoredReaction): Promise<void> {
		const columns = { last_change: `${reaction.id} ${version} ${reaction.updatedAt}` };
		await this.#table.put("reactions", { key: REVISION_KEY, columns }, { row: "any" });
	}
}

const keyOf = (id: string) => [shardOf(id), id];

const toRow = ({ reaction, version }: StoredReaction): Row => ({
	key: keyOf(reaction.id),
	columns: { version, document: JSON.stringify(reaction) },
});

function fromRow({ key, columns }: Row): StoredReaction {
	const { version, document } = columns;
	if (typeof version !== "bigint" || typeof document !== "string") {
		throw new Error(`the row of reaction ${key[1]} has no version or no document`);
	}
	return { reaction: JSON.parse(document) as Reaction, version };
}
