import type { Reply } from "../command/command.ts";
import type { Table } from "../table/table.ts";
import { spread } from "./shard.ts";

/** A device's reply that no command was found for yet. */
export interface EarlyReply {
	readonly deviceKeys: readonly string[];
	readonly reply: Reply;
}

/**
 * Where a reply and its command meet, whichever comes first. Each side writes
 * its own row and then reads the other's: of two that come at the same time at
 * least one sees the other.
 */
export class ReplyStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/** Says which command a message id belongs to. @returns a reply that came before. */
	async expect(
		messageId: string,
		deviceKey: string,
		commandId: string,
	): Promise<Reply | undefined> {
		const row = {
			key: [spread(messageId), `command#${deviceKey}`],
			columns: { command_id: commandId },
		};
		await this.#table.put("replies", row, { row: "any" });
		for (const { key, columns } of await this.#rows(messageId)) {
			if (!key[1]?.startsWith("reply#")) continue;
			const early = JSON.parse(String(columns["document"])) as EarlyReply;
			if (early.deviceKeys.includes(deviceKey)) return early.reply;
		}
		return undefined;
	}

	/** @returns the command that awaits this message's reply from this device. */
	async find(messageId: string, deviceKeys: readonly string[]): Promise<string | undefined> {
		for (const { key, columns } of await this.#rows(messageId)) {
			const [, side = ""] = key;
			if (side.startsWith("command#") && deviceKeys.includes(side.slice("command#".length))) {
				return String(columns["command_id"]);
			}
		}
		return undefined;
	}

	/** Keeps a reply for the command that has not said yet that it awaits it. */
	async keep(messageId: string, early: EarlyReply): Promise<void> {
		await this.#table.put(
			"replies",
			{
				key: [spread(messageId), `reply#${early.deviceKeys[0]}`],
				columns: { document: JSON.stringify(early) },
			},
			{ row: "any" },
		);
	}

	#rows(messageId: string) {
		return this.#table.range("replies", {
			prefix: [spread(messageId)],
			direction: "forward",
			limit: 100,
		});
	}
}
