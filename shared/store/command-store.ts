import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import { parseCommandId } from "../command/id.ts";
import { isTerminal } from "../command/state.ts";
import type { Row, Table } from "../table/table.ts";
import { DueStore } from "./due-store.ts";
import { shardOf, spread } from "./shard.ts";

/** A command as it was read, with the version that a change of it must still find. */
export interface Stored {
	readonly command: Command;
	readonly version: bigint;
}

/** A due row this near may be swept at this very moment, by an instance whose clock is ahead. */
const SWEEP_MARGIN_MS = 5_000;
/** The timer ticks once a minute: a wake-up that is this much early is no earlier than one on time. */
const WAKE_SLACK_MS = 60_000;

/** Commands, each one row that is replaced whole and only in the version that was read. */
export class CommandStore {
	readonly #table: Table;
	readonly #due: DueStore;
	readonly #clock: Clock;

	constructor(table: Table, clock: Clock) {
		this.#table = table;
		this.#due = new DueStore(table);
		this.#clock = clock;
	}

	/** @returns undefined for an unknown id, and for a text that is none. */
	async get(id: string): Promise<Stored | undefined> {
		const parsed = parseCommandId(id);
		if (!parsed) return undefined;
		const row = await this.#table.get("commands", [spread(parsed.deviceKey), id]);
		return row && fromRow(row);
	}

	/**
	 * Stores a new command: its wake-up first, so that no stored command is ever without one.
	 * @returns the command that stands under this id, which is an older one if there was one.
	 */
	async create(command: Command): Promise<{ stored: Stored; created: boolean }> {
		const stored: Stored = { command, version: 1n };
		if (command.dueAt !== undefined) await this.#due.add({ id: command.id, at: command.dueAt });
		if (await this.#table.put("commands", toRow(stored), { row: "absent" })) {
			return { stored, created: true };
		}
		const standing = await this.get(command.id);
		if (!standing) throw new Error(`command ${command.id} is neither new nor there`);
		return { stored: standing, created: false };
	}

	/**
	 * Replaces the command that was read.
	 * @returns undefined if somebody else changed it meanwhile: then nothing is written.
	 */
	async replace(read: Stored, changed: Command): Promise<Stored | undefined> {
		const command = await this.#withDue(changed);
		const stored: Stored = { command, version: read.version + 1n };
		const condition = { row: "present", column: "version", equals: read.version } as const;
		if (!(await this.#table.put("commands", toRow(stored), condition))) return undefined;
		if (isTerminal(command.state) && command.dueAt !== undefined) {
			await this.#due.remove({ id: command.id, at: command.dueAt });
		}
		return stored;
	}

	/** Makes sure that a wake-up stands for the command's `wakeAt`, at most `WAKE_SLACK_MS` later. */
	async #withDue(command: Command): Promise<Command> {
		const { wakeAt, dueAt } = command;
		if (wakeAt === undefined) return command;
		const stillThere = dueAt !== undefined && dueAt > this.#clock.now() + SWEEP_MARGIN_MS;
		if (stillThere && dueAt <= wakeAt + WAKE_SLACK_MS) return command;
		await this.#due.add({ id: command.id, at: wakeAt });
		return { ...command, dueAt: wakeAt };
	}
}

function toRow({ command, version }: Stored): Row {
	const shard = shardOf(command.id);
	return {
		key: [spread(parseCommandId(command.id)?.deviceKey ?? ""), command.id],
		columns: {
			version,
			shard,
			state_shard: `${command.state}#${shard}`,
			document: JSON.stringify(command),
		},
	};
}

export function fromRow(row: Row): Stored {
	const { version, document } = row.columns;
	if (typeof version !== "bigint" || typeof document !== "string") {
		throw new Error(`the row of command ${row.key[1]} has no version or no document`);
	}
	return { command: JSON.parse(document) as Command, version };
}
