import { type Reply, replySchema } from "../command/command.ts";
import type { Table } from "../table/table.ts";
import { spread, timeKey } from "./shard.ts";

/** In place of a command's id: the reply to this message is awaited by none. */
const NOBODY = "";

/** A reply that no command awaited when it came. */
export interface KeptReply {
	readonly messageId: string;
	/** Of which service it is, where it says so. */
	readonly service: string | undefined;
	/** All keys that a command of the device may be kept under. */
	readonly deviceKeys: readonly string[];
	readonly reply: Reply;
}

/** Of one device in the minutes around one call. */
const MAX_KEPT = 500;

/**
 * Where a reply and its command meet: in one row for each message and device,
 * so that no device answers for another. Whoever comes first writes the row,
 * whoever comes second finds it.
 */
export class ReplyStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	/**
	 * Says which command awaits the reply to a message.
	 * @param commandId undefined: none does, and the reply need not be kept.
	 * @returns the reply, if it came before.
	 */
	async expect(
		messageId: string,
		deviceKey: string,
		commandId: string | undefined,
	): Promise<Reply | undefined> {
		const key = keyOf(messageId, deviceKey);
		const row = { key, columns: { command_id: commandId ?? NOBODY } };
		if (await this.#table.put("replies", row, { row: "absent" })) return undefined;
		const found = await this.#table.get("replies", key);
		return found && readReply(found.columns["reply"]);
	}

	/**
	 * Finds the command that awaits this reply; where none does yet, the reply is kept for it.
	 *
	 * @param deviceKeys every key that a command of this device may be kept under.
	 * @param otherwise looks elsewhere before the reply is kept; true: it has found its command.
	 * @param service what it is the reply of, for a command that does not know its message.
	 * @returns the command's id.
	 */
	async meet(
		messageId: string,
		deviceKeys: readonly string[],
		reply: Reply,
		service?: string,
		otherwise: () => Promise<boolean> = async () => false,
	): Promise<string | undefined> {
		for (const deviceKey of deviceKeys) {
			const awaiting = await this.#awaiting(keyOf(messageId, deviceKey));
			if (awaiting !== undefined) return awaiting === NOBODY ? undefined : awaiting;
		}
		if (await otherwise()) return undefined;
		const columns = {
			reply: JSON.stringify(reply),
			kept: timeKey(reply.at),
			device_keys: JSON.stringify(deviceKeys),
			...(service === undefined ? {} : { service }),
		};
		for (const deviceKey of deviceKeys) {
			const key = keyOf(messageId, deviceKey);
			if (await this.#table.put("replies", { key, columns }, { row: "absent" })) continue;
			const awaiting = await this.#awaiting(key);
			if (awaiting !== undefined) return awaiting === NOBODY ? undefined : awaiting;
		}
		return undefined;
	}

	/** Whether a command is known to await the reply to this message. */
	async isAwaited(messageId: string, deviceKey: string): Promise<boolean> {
		return (await this.#awaiting(keyOf(messageId, deviceKey))) !== undefined;
	}

	/** What was kept of a device between two times, the first one inclusive. */
	async keptOf(deviceKey: string, from: number, until: number): Promise<KeptReply[]> {
		const entries = await this.#table.range("replies_by_device", {
			prefix: [deviceKey],
			from: timeKey(from),
			before: timeKey(until),
			direction: "forward",
			limit: MAX_KEPT,
		});
		const found = await Promise.all(
			entries.map(async ({ key }) => {
				const messageId = key.at(-1) ?? "";
				const row = await this.#table.get("replies", keyOf(messageId, deviceKey));
				const { service, device_keys: keys } = row?.columns ?? {};
				const reply = readReply(row?.columns["reply"]);
				const deviceKeys = readKeys(keys);
				if (!reply || !deviceKeys) return [];
				return [
					{
						messageId,
						service: typeof service === "string" ? service : undefined,
						deviceKeys,
						reply,
					},
				];
			}),
		);
		return found.flat();
	}

	async #awaiting(key: readonly string[]): Promise<string | undefined> {
		const row = await this.#table.get("replies", key);
		const commandId = row?.columns["command_id"];
		return typeof commandId === "string" ? commandId : undefined;
	}
}

/** A damaged one is none. */
function readReply(text: unknown): Reply | undefined {
	const read = replySchema.safeParse(parsed(text));
	return read.success ? read.data : undefined;
}

function readKeys(text: unknown): readonly string[] | undefined {
	const keys = parsed(text);
	return Array.isArray(keys) && keys.every((key) => typeof key === "string") ? keys : undefined;
}

function parsed(text: unknown): unknown {
	try {
		return JSON.parse(String(text));
	} catch {
		return undefined;
	}
}

const keyOf = (messageId: string, deviceKey: string) => [spread(messageId), messageId, deviceKey];
