import { randomBytes } from "node:crypto";
import type { Db } from "../store/database.ts";
import type { DeadLetterPolicy, QueueAttributes } from "./queue-attributes.ts";
import { prepare } from "./statements.ts";
import type { XmlNode } from "./xml.ts";

export interface QueueRow {
	readonly id: number;
	readonly name: string;
	readonly attributes: QueueAttributes;
	/** Milliseconds since the epoch. */
	readonly createdAt: number;
	readonly modifiedAt: number;
}

export interface StoredMessage {
	readonly messageId: string;
	readonly body: string;
	readonly priority: number;
	/** Milliseconds since the epoch; the same for the other times. */
	readonly enqueuedAt: number;
	readonly visibleAt: number;
	/** 0 until the message is first received. */
	readonly firstDequeuedAt: number;
	readonly dequeueCount: number;
	readonly receiptHandle: string;
	readonly properties: MessageProperties | undefined;
}

export interface NewMessage {
	readonly body: string;
	readonly priority: number;
	readonly delayMs: number;
	readonly properties?: MessageProperties | undefined;
}

/** What a sender attaches and a receiver gets back as it is. */
export type MessageProperties = XmlNode;

export interface Sent {
	readonly messageId: string;
	/** Present if the message is delayed: it can be deleted before anyone sees it. */
	readonly receiptHandle: string | undefined;
}

export interface Counts {
	readonly active: number;
	readonly inactive: number;
	readonly delayed: number;
}

export type Removal = "removed" | "gone" | "malformed";

interface Row {
	readonly seq: number;
	readonly message_id: string;
	readonly body: string;
	readonly priority: number;
	readonly enqueued_at: number;
	readonly visible_at: number;
	readonly first_dequeued_at: number | null;
	readonly dequeue_count: number;
	readonly properties: string | null;
}

interface QueueRecord {
	readonly id: number;
	readonly name: string;
	readonly attributes: string;
	readonly created_at: number;
	readonly modified_at: number;
}

/** `priority-seq-nonce`; the nonce changes with every receipt, so an old handle finds nothing. */
const HANDLE_PATTERN = /^\d{1,2}-(\d{1,15})-([0-9a-f]{16})$/;

/**
 * Queues and messages in SQLite. A message is *ready* (active) or hidden until
 * `visible_at` (delayed, or inactive once it has been received); `settle` makes
 * ready what has become visible, so that receiving never scans hidden messages.
 */
export class MnsStore {
	readonly #sql;
	readonly #queues = new Map<string, QueueRow>();

	constructor(db: Db) {
		this.#sql = prepare(db);
		for (const record of this.#sql.allQueues.all() as QueueRecord[]) this.#remember(record);
	}

	queue(name: string): QueueRow | undefined {
		return this.#queues.get(name);
	}

	/** Every queue, by name. */
	queues(): QueueRow[] {
		return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	/** The queues whose dead letters go to `name`. */
	sourcesOf(name: string): QueueRow[] {
		const sources: QueueRow[] = [];
		for (const queue of this.#queues.values()) {
			const policy = queue.attributes.deadLetter;
			if (policy?.enabled && policy.targetQueue === name) sources.push(queue);
		}
		return sources;
	}

	putQueue(name: string, attributes: QueueAttributes, now: number): QueueRow {
		const createdAt = this.#queues.get(name)?.createdAt ?? now;
		const [record] = this.#sql.putQueue.all(
			name,
			JSON.stringify(attributes),
			createdAt,
			now,
		) as QueueRecord[];
		if (!record) throw new Error(`queue ${name} was not written`);
		return this.#remember(record);
	}

	deleteQueue(queue: QueueRow): void {
		this.#sql.transaction(() => {
			this.#sql.deleteMessagesOf.run(queue.id);
			this.#sql.deleteQueue.run(queue.id);
		});
		this.#queues.delete(queue.name);
	}

	/** All of them or none. */
	send(queue: QueueRow, messages: readonly NewMessage[], now: number): Sent[] {
		const insert = () => messages.map((message) => this.#insert(queue.id, message, now));
		return messages.length === 1 ? insert() : this.#sql.transaction(insert);
	}

	/** The first `max` ready messages by priority and age, hidden until `now + visibilityMs`. */
	receive(queue: QueueRow, max: number, visibilityMs: number, now: number): StoredMessage[] {
		const nonce = newNonce();
		const rows = this.#sql.receive.all(
			now + visibilityMs,
			now,
			nonce,
			queue.id,
			max,
		) as unknown as Row[];
		// RETURNING promises no order (sqlite.org/lang_returning.html).
		rows.sort((a, b) => a.priority - b.priority || a.seq - b.seq);
		return rows.map((row) => toMessage(row, nonce));
	}

	/** What `receive` would take, left as it is; without receipt handles. */
	peek(queue: QueueRow, max: number): StoredMessage[] {
		return (this.#sql.peek.all(queue.id, max) as Row[]).map((row) => toMessage(row, ""));
	}

	/** A handle is good while its message is hidden by the receipt that made it. */
	remove(queue: QueueRow, receiptHandle: string, now: number): Removal {
		const handle = parseHandle(receiptHandle);
		if (!handle) return "malformed";
		const { changes } = this.#sql.remove.run(handle.seq, queue.id, handle.nonce, now);
		return changes === 1 ? "removed" : "gone";
	}

	/** @returns the handle that replaces the old one. */
	changeVisibility(
		queue: QueueRow,
		receiptHandle: string,
		visibleAt: number,
		now: number,
	): string | Exclude<Removal, "removed"> {
		const handle = parseHandle(receiptHandle);
		if (!handle) return "malformed";
		const nonce = newNonce();
		const [row] = this.#sql.changeVisibility.all(
			visibleAt,
			nonce,
			handle.seq,
			queue.id,
			handle.nonce,
			now,
		) as Row[];
		return row ? formatHandle(row.priority, row.seq, nonce) : "gone";
	}

	/**
	 * Deletes what is too old, moves dead letters, makes ready what has become visible.
	 * @returns whether any message became visible, here or as a dead letter.
	 */
	settle(queue: QueueRow, now: number): boolean {
		const { attributes, id } = queue;
		const expired = now - attributes.retentionSeconds * 1_000;
		const oldest = this.#sql.oldest.get(id) as { at: number | null };
		if (oldest.at !== null && oldest.at <= expired) this.#sql.deleteExpired.run(id, expired);
		const due = this.nextVisibleAt(queue);
		if (due === undefined || due > now) return false;
		if (attributes.deadLetter?.enabled) this.#moveDeadLetters(queue, attributes.deadLetter, now);
		this.#sql.promote.run(id, now);
		return true;
	}

	/** When the next hidden message becomes visible. */
	nextVisibleAt(queue: QueueRow): number | undefined {
		const next = this.#sql.nextVisible.get(queue.id) as { at: number | null };
		return next.at ?? undefined;
	}

	counts(queue: QueueRow): Counts {
		return this.#sql.counts.get(queue.id) as Counts;
	}

	#insert(queueId: number, message: NewMessage, now: number): Sent {
		const messageId = newMessageId();
		const delayed = message.delayMs > 0;
		const nonce = delayed ? newNonce() : null;
		const { lastInsertRowid } = this.#sql.insert.run(
			queueId,
			messageId,
			message.body,
			message.priority,
			now,
			now + message.delayMs,
			delayed ? 0 : 1,
			nonce,
			message.properties ? JSON.stringify(message.properties) : null,
		);
		const receiptHandle = nonce
			? formatHandle(message.priority, Number(lastInsertRowid), nonce)
			: undefined;
		return { messageId, receiptHandle };
	}

	/** To a target that no longer exists nothing is moved: the message stays receivable. */
	#moveDeadLetters(queue: QueueRow, policy: DeadLetterPolicy, now: number): void {
		const target = this.#queues.get(policy.targetQueue);
		if (!target) return;
		this.#sql.moveDeadLetters.run(target.id, now, queue.id, now, policy.maxReceiveCount);
	}

	#remember(record: QueueRecord): QueueRow {
		const queue: QueueRow = {
			id: record.id,
			name: record.name,
			attributes: JSON.parse(record.attributes) as QueueAttributes,
			createdAt: record.created_at,
			modifiedAt: record.modified_at,
		};
		this.#queues.set(queue.name, queue);
		return queue;
	}
}

function toMessage(row: Row, nonce: string): StoredMessage {
	return {
		messageId: row.message_id,
		body: row.body,
		priority: row.priority,
		enqueuedAt: row.enqueued_at,
		visibleAt: row.visible_at,
		firstDequeuedAt: row.first_dequeued_at ?? 0,
		dequeueCount: row.dequeue_count,
		receiptHandle: formatHandle(row.priority, row.seq, nonce),
		properties: row.properties ? (JSON.parse(row.properties) as MessageProperties) : undefined,
	};
}

function formatHandle(priority: number, seq: number, nonce: string): string {
	return `${priority}-${seq}-${nonce}`;
}

function parseHandle(handle: string): { seq: number; nonce: string } | undefined {
	const match = HANDLE_PATTERN.exec(handle);
	return match?.[1] && match[2] ? { seq: Number(match[1]), nonce: match[2] } : undefined;
}

const newNonce = () => randomBytes(8).toString("hex");
const newMessageId = () => randomBytes(16).toString("hex").toUpperCase();
