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

/** The newest status of a device that is known, by the order of statuses. */
export interface LastStatus {
	readonly order: number;
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
		return this.#read(device, `value#${identifier}`, { at: "number", eventId: "string" });
	}

	setLastValue(device: string, identifier: string, value: LastValue): Promise<void> {
		return this.#write(device, `value#${identifier}`, value);
	}

	cooldown(device: string, reactionId: string): Promise<Cooldown | undefined> {
		return this.#read(device, `cooldown#${reactionId}`, { until: "number", eventId: "string" });
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
		return this.#exchange(device, `cooldown#${reactionId}`, cooldown, over);
	}

	lastStatus(device: string): Promise<LastStatus | undefined> {
		return this.#read(device, "status", { order: "number", eventId: "string" });
	}

	/** @returns false if another status was noted in place of the one that was read. */
	setLastStatus(
		device: string,
		status: LastStatus,
		read: LastStatus | undefined,
	): Promise<boolean> {
		return this.#exchange(device, "status", status, read);
	}

	cause(device: string): Promise<Cause | undefined> {
		return this.#read(device, "cause", { at: "number", chain: "object" });
	}

	setCause(device: string, cause: Cause): Promise<void> {
		return this.#write(device, "cause", cause);
	}

	/** @param fields what it cannot do without, by `typeof`. */
	async #read<T extends object>(
		device: string,
		item: string,
		fields: Readonly<Partial<Record<keyof NoInfer<T>, "number" | "string" | "object">>>,
	): Promise<T | undefined> {
		const key = [partOf(device), item];
		const row = await this.#table.get("reaction_state", key);
		const known = row && parsed<T>(row.columns["document"], fields);
		// What cannot be read is forgotten, as after a month.
		if (row && !known) await this.#table.remove("reaction_state", key, { row: "any" });
		return known;
	}

	async #write(device: string, item: string, value: object): Promise<void> {
		const row = { key: [partOf(device), item], columns: { document: JSON.stringify(value) } };
		await this.#table.put("reaction_state", row, { row: "any" });
	}

	#exchange(
		device: string,
		item: string,
		value: { readonly eventId: string },
		read: { readonly eventId: string } | undefined,
	): Promise<boolean> {
		const columns = { event_id: value.eventId, document: JSON.stringify(value) };
		const row = { key: [partOf(device), item], columns };
		const condition = read
			? ({ row: "present", column: "event_id", equals: read.eventId } as const)
			: ({ row: "absent" } as const);
		return this.#table.put("reaction_state", row, condition);
	}
}

function parsed<T extends object>(text: unknown, fields: object): T | undefined {
	try {
		const value = JSON.parse(String(text)) as T;
		const isWhole = ([name, type]: [string, string]) => typeof value[name as keyof T] === type;
		return Object.entries(fields).every(isWhole) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** The hash alone would be shared by devices: of a thousand of them by some eight. */
const partOf = (device: string): string => `${spread(device)}#${device}`;
