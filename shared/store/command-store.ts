import { type Command, commandSchema } from "../command/command.ts";
import { PICKUP_MS } from "../command/create.ts";
import { deviceKey } from "../command/device.ts";
import { type Move, move } from "../command/move.ts";
import { isTerminal } from "../command/state.ts";
import type { Stored } from "../stored.ts";
import type { Columns, Table } from "../table/table.ts";
import { DamagedRow, DocumentStore, type Kind, orDamaged } from "./document-store.ts";
import { partitionOf, shardOf, timeKey } from "./shard.ts";

const KIND: Kind<Command> = {
	table: "commands",
	schema: commandSchema,
	partition: partitionOf,
	columns: indexColumns,
};

/** Commands. Every change of one is a move of its state table. */
export class CommandStore extends DocumentStore<Command> {
	readonly #table: Table;
	/** Told when a command has ended that others wait for. */
	onEnd: (followers: readonly string[]) => Promise<void> = async () => {};

	constructor(table: Table) {
		super(table, KIND);
		this.#table = table;
	}

	/** Stores a command, or finds it stored before. @returns undefined if that is damaged. */
	async createOrGet(command: Command): Promise<Stored<Command> | undefined> {
		const stored = (await this.create(command)) ?? (await orDamaged(this.get(command.id)));
		if (!stored) throw new Error(`command ${command.id} is neither new nor there`);
		return stored instanceof DamagedRow ? undefined : stored;
	}

	/**
	 * Commands of a device under this name that were accepted in a time. Damaged ones are left out.
	 * @returns undefined if there are more than `limit`: then none is read.
	 */
	async ofDevice(
		key: string,
		{ since, until, limit }: Readonly<Record<"since" | "until" | "limit", number>>,
	): Promise<Command[] | undefined> {
		const rows = await this.#table.range("commands_by_device", {
			prefix: [key],
			from: timeKey(since),
			before: timeKey(until),
			direction: "backward",
			limit: limit + 1,
		});
		if (rows.length > limit) return undefined;
		const ids = rows.map((row) => row.key[1]?.split("#")[1] ?? "");
		const found = await Promise.all(ids.map((id) => this.getReadable(id)));
		return found.flatMap((one) => one?.document ?? []);
	}

	/**
	 * Moves a command on, starting from the row as the caller knows it and
	 * reading again whenever another has changed it meanwhile.
	 *
	 * @param next what happens to the command in the state that it is found in;
	 *   undefined: nothing.
	 * @returns the command afterwards, moved or not; undefined if it does not exist.
	 */
	async change(
		start: string | Stored<Command>,
		next: (command: Command) => Move | undefined,
	): Promise<{ readonly stored: Stored<Command>; readonly moved: boolean } | undefined> {
		let stored = typeof start === "string" ? await this.get(start) : start;
		while (stored) {
			const change = next(stored.document);
			const moved = change && move(stored.document, change);
			if (!moved) return { stored, moved: false };
			const replaced = await this.replace(stored, moved);
			if (replaced) {
				const hasEnded = isTerminal(moved.state) && !isTerminal(stored.document.state);
				if (hasEnded && moved.followedBy) await this.onEnd(moved.followedBy);
				return { stored: replaced, moved: true };
			}
			stored = await this.get(stored.document.id);
		}
		return undefined;
	}
}

/** Reads many at once; a damaged row is a value of its own, so that it does not take the others with it. */
export async function readAll<E extends { readonly id: string }>(
	store: CommandStore,
	entries: readonly E[],
) {
	return Promise.all(
		entries.map(async (entry) => ({
			entry,
			found: await orDamaged(store.get(entry.id)),
		})),
	);
}

/** What lists by age sort by, and what their cursors are. */
export const ageKey = ({ createdAt, id }: Pick<Command, "createdAt" | "id">): string =>
	`${timeKey(createdAt)}#${id}`;

/**
 * Where the index of wake-ups keeps a command that has ended: behind all that
 * is due, in the order in which they ended. So one index serves the tick, which
 * reads what is due, and the stream, which reads what has ended lately.
 */
export const ENDED = "ended#";

/** In place of a wave: another command of the job has taken this one's place. */
export const SUPERSEDED = "-";

/** The columns of the table's indexes; a row without one of an index's columns is not in that index. */
function indexColumns(command: Command, version: bigint): Columns {
	const shard = shardOf(command.id);
	const due = isTerminal(command.state) ? ENDED + timeKey(command.updatedAt) : dueKey(command);
	const group = command.source.job ?? command.source.schedule;
	const wave = command.supersededBy === undefined ? command.source.wave : SUPERSEDED;
	return {
		shard,
		age: ageKey(command),
		device: deviceKey(command.device),
		state_shard: `${command.state}#${shard}`,
		...(due === undefined ? {} : { due }),
		changed: `${timeKey(command.updatedAt)}#${version}`,
		...(group === undefined ? {} : { group }),
		...(wave === undefined ? {} : { wave: String(wave) }),
	};
}

/** When the tick must look at a command. Whoever waits for a time of its own has been handed to the worker already. */
function dueKey({ state, parked, wakeAt }: Command): string | undefined {
	if (wakeAt === undefined) return undefined;
	return timeKey(state === "waiting" && !parked ? wakeAt + PICKUP_MS : wakeAt);
}
