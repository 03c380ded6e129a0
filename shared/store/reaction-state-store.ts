import type { Table } from "../table/table.ts";
import { spread } from "./shard.ts";

/** What a property was at last, and before that. */
export interface LastValue {
	readonly value: unknown;
	readonly at: number;
	readonly eventId: string;
	/** Absent where the property was never seen before. */
	readonly before?: unknown;
}

/** Until when a reaction does nothing for a device, and because of which event. */
export interface Cooldown {
	readonly until: number;
	readonly eventId: string;
}

/** The reactions that led to the last command which a reaction sent to a device. */
export interface Cause {
	/** Their ids, the first one first. */
	readonly chain: readonly string[];
	readonly at: number;
	readonly eventId: string;
}

/** What reactions remember of a device: small rows, which go after a month in which nothing changes them. */
export class ReactionStateStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	lastValue(device: string, identifier: string): Promise<LastValue | undefined> {
		return this.#read(device, `value#${identifier}`);
	}

	setLastValue(device: string, identifier: string, value: LastValue): Promise<void> {
		return this.#write(device, `value#${identifier}`, value);
	}

	cooldown(device: string, reactionId: string): Promise<Cooldown | undefined> {
		return this.#read(device, `cooldown#${reactionId}`);
	}

	/**
	 * Begins a cooldown in place of the one that was read.
	 * @returns false if another event has begun one meanwhile.
	 */
	beginCooldown(
		device: string,
		reactionId: string,
		cooldown: Cooldown,
		over: Cooldown | undefined,
	): Promise<boolean> {
		const columns = { event_id: cooldown.eventId, document: JSON.stringify(cooldown) };
		const row = { key: [spread(device), `cooldown#${reactionId}`], columns };
		const condition = over
			? ({ row: "present", column: "event_id", equals: over.eventId } as const)
			: ({ row: "absent" } as const);
		return this.#table.put("reaction_state", row, condition);
	}

	cause(device: string): Promise<Cause | undefined> {
		return this.#read(device, "cause");
	}

	setCause(device: string, cause: Cause): Promise<void> {
		return this.#write(device, "cause", cause);
	}

	async #read<T>(device: string, item: string): Promise<T | undefined> {
		const row = await this.#table.get("reaction_state", [spread(device), item]);
		return row && (JSON.parse(String(row.columns["document"])) as T);
	}

	async #write(device: string, item: string, value: object): Promise<void> {
		const row = { key: [spread(device), item], columns: { document: JSON.stringify(value) } };
		await this.#table.put("reaction_state", row, { row: "any" });
	}
}
