import { type Command, commandSchema } from "../command/command.ts";
import { PICKUP_MS } from "../command/create.ts";
import { deviceKey } from "../command/device.ts";
import { type Move, move } from "../command/move.ts";
import type { Stored } from "../stored.ts";
import type { Columns, Table } from "../table/table.ts";
import { DocumentStore, type Kind } from "./document-store.ts";
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

	constructor(table: Table) {
		super(table, KIND);
		this.#table = table;
	}

	/** The newest commands of a device under this name. Damaged ones are left out. */
	async ofDevice(key: string, limit: number): Promise<Command[]> {
		const direction = "backward";
		const rows = await this.#table.range("commands_by_device", { prefix: [key], direction, limit });
		const ids = rows.map((row) => row.key[1]?.split("#")[1] ?? "");
		const found = await Promise.allSettled(ids.map((id) => this.get(id)));
		return found.flatMap((one) =>
			one.status === "fulfilled" && one.value ? one.value.document : [],
		);
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
			if (replaced) return { stored: replaced, moved: true };
			stored = await this.get(stored.document.id);
		}
		return undefined;
	}
}

/** What lists by age sort by, and what their cursors are. */
export const ageKey = ({ createdAt, id }: Pick<Command, "createdAt" | "id">): string =>
	`${timeKey(createdAt)}#${id}`;

/** In place of a wave: another command of the job has taken this one's place. */
export const SUPERSEDED = "-";

/** The columns of the table's indexes; a row without one of an index's columns is not in that index. */
function indexColumns(command: Command): Columns {
	const shard = shardOf(command.id);
	const due = lookAt(command);
	const group = command.source.job ?? command.source.schedule;
	const wave = command.supersededBy === undefined ? command.source.wave : SUPERSEDED;
	return {
		shard,
		age: ageKey(command),
		device: deviceKey(command.device),
		state_shard: `${command.state}#${shard}`,
		...(due === undefined ? {} : { due: timeKey(due) }),
		...(group === undefined ? {} : { group }),
		...(wave === undefined ? {} : { wave: String(wave) }),
	};
}

/** When the tick must look at a command. Whoever waits for a time of its own has been handed to the worker already. */
function lookAt({ state, parked, wakeAt }: Command): number | undefined {
	if (wakeAt === undefined) return undefined;
	return state === "waiting" && !parked ? wakeAt + PICKUP_MS : wakeAt;
}
