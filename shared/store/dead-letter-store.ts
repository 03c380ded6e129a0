import { idFromTime } from "../ids.ts";
import type { Table } from "../table/table.ts";
import * as z from "../zod.ts";
import { DocumentStore } from "./document-store.ts";

/** A message or a timer payload that could not be made into anything. */
export const deadLetterSchema = z.object({
	id: z.string(),
	/** When the message was written, in milliseconds since the epoch. */
	at: z.number(),
	source: z.object({ type: z.enum(["queue", "timer"]), ref: z.string() }),
	reason: z.string(),
	/** As it came, cut to `MAX_TEXT_LENGTH` characters. */
	text: z.string(),
	/** The command that it became at last. */
	redrivenAs: z.exactOptional(z.string()),
});

export type DeadLetter = Readonly<z.infer<typeof deadLetterSchema>>;

/** An attribute takes 2 MB; more than a message can hold is not worth keeping. */
const MAX_TEXT_LENGTH = 256 * 1024;
const MAX_REASON_LENGTH = 2_000;
const MAX_REF_LENGTH = 500;

export class DeadLetterStore extends DocumentStore<DeadLetter> {
	constructor(table: Table) {
		super(table, { table: "dead_letters", schema: deadLetterSchema });
	}

	/**
	 * @param identity what tells this message from all others: delivered again, it finds its own row.
	 */
	async add(letter: Omit<DeadLetter, "id">, identity: string): Promise<DeadLetter> {
		const document = {
			...letter,
			id: idFromTime(letter.at, "dead-letter", identity),
			source: { ...letter.source, ref: letter.source.ref.slice(0, MAX_REF_LENGTH) },
			reason: letter.reason.slice(0, MAX_REASON_LENGTH),
			text: letter.text.slice(0, MAX_TEXT_LENGTH),
		};
		await this.create(document);
		return document;
	}
}
