import type { Table } from "../table/table.ts";
import { spread } from "./shard.ts";

/** At the beginning of a key: no id of a message looks like it. */
const OF_SERVICE = "service ";

/**
 * Which command of a device and service awaits a reply whose message id nobody
 * knows: InvokeThingsService names none, and a call may not be answered. There
 * is one of them at a time, so that a reply finds its command by device and service.
 */
export class TogetherStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/** @returns the command that has the place: this one, or another that came before. */
	async take(deviceKey: string, service: string, commandId: string): Promise<string> {
		const key = keyOf(deviceKey, service);
		for (;;) {
			const row = { key, columns: { command_id: commandId } };
			if (await this.#table.put("replies", row, { row: "absent" })) return commandId;
			const found = await this.awaiting(deviceKey, service);
			if (found !== undefined) return found;
		}
	}

	/** The place of a command that has ended goes to another one. @returns whether that has it now. */
	replace(deviceKey: string, service: string, old: string, commandId: string): Promise<boolean> {
		return this.#table.put(
			"replies",
			{ key: keyOf(deviceKey, service), columns: { command_id: commandId } },
			{ row: "present", column: "command_id", equals: old },
		);
	}

	/** Takes the place of a command that awaits nothing there any more. */
	async takeOver(
		deviceKey: string,
		service: string,
		commandId: string,
		isFree: (holder: string) => Promise<boolean>,
	): Promise<void> {
		const holder = await this.take(deviceKey, service, commandId);
		if (holder === commandId || !(await isFree(holder))) return;
		await this.replace(deviceKey, service, holder, commandId);
	}

	async awaiting(deviceKey: string, service: string): Promise<string | undefined> {
		const row = await this.#table.get("replies", keyOf(deviceKey, service));
		const commandId = row?.columns["command_id"];
		return typeof commandId === "string" ? commandId : undefined;
	}

	async free(deviceKey: string, service: string, commandId: string): Promise<void> {
		const condition = { row: "present", column: "command_id", equals: commandId } as const;
		await this.#table.remove("replies", keyOf(deviceKey, service), condition);
	}
}

const keyOf = (deviceKey: string, service: string) => [
	spread(deviceKey),
	`${OF_SERVICE}${service}`,
	deviceKey,
];
