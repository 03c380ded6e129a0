import type { Clock } from "../clock/clock.ts";
import { MnsError, outOfRange, schemaViolation } from "./errors.ts";
import { MAX_QUEUE_NAME_CHARACTERS, QUEUE_NAME_PATTERN } from "./limits.ts";
import { DEFAULT_ATTRIBUTES, type QueueAttributes } from "./queue-attributes.ts";
import type {
	Counts,
	MnsStore,
	NewMessage,
	QueueRow,
	Removal,
	Sent,
	StoredMessage,
} from "./store.ts";
import { VisibilityBell } from "./visibility.ts";

/** What the service does, whoever asks: the XML API and the in-process face stand on it. */
export class QueueEngine {
	readonly #store: MnsStore;
	readonly #clock: Clock;
	readonly #bell: VisibilityBell;

	constructor(store: MnsStore, clock: Clock) {
		this.#store = store;
		this.#clock = clock;
		this.#bell = new VisibilityBell(clock, (name) => this.#nextVisibleAt(name));
	}

	/** @throws MnsError QueueNotExist */
	queue(name: string): QueueRow {
		const queue = this.#store.queue(name);
		if (!queue) throw new MnsError("QueueNotExist");
		return queue;
	}

	has(name: string): boolean {
		return this.#store.queue(name) !== undefined;
	}

	/** Every queue, by name. */
	queues(): QueueRow[] {
		return this.#store.queues();
	}

	/** @returns whether it is new. A queue of that name with other attributes is refused. */
	create(name: string, attributes: QueueAttributes = DEFAULT_ATTRIBUTES): boolean {
		checkName(name);
		const present = this.#store.queue(name);
		if (present) {
			if (!sameAttributes(present.attributes, attributes)) throw new MnsError("QueueAlreadyExist");
			return false;
		}
		this.#checkDeadLetterTarget(name, attributes);
		this.#store.putQueue(name, attributes, this.#clock.now());
		return true;
	}

	setAttributes(name: string, change: (present: QueueAttributes) => QueueAttributes): void {
		const queue = this.queue(name);
		const attributes = change(queue.attributes);
		this.#checkDeadLetterTarget(name, attributes);
		this.#afterChange(this.#store.putQueue(name, attributes, this.#clock.now()));
	}

	delete(name: string): void {
		this.#store.deleteQueue(this.queue(name));
		this.#bell.rearm(name);
	}

	counts(queue: QueueRow): Counts {
		this.#settle(queue);
		return this.#store.counts(queue);
	}

	/** Durable when it returns, all messages or none. */
	send(queue: QueueRow, messages: readonly NewMessage[]): Sent[] {
		for (const { body } of messages) checkBody(body, queue.attributes.maximumMessageBytes);
		const sent = this.#store.send(queue, messages, this.#clock.now());
		if (messages.some(({ delayMs }) => delayMs === 0)) this.#bell.ring(queue.name);
		if (messages.some(({ delayMs }) => delayMs > 0)) this.#afterChange(queue);
		return sent;
	}

	/** What is visible now, at most `max`, hidden for `visibilityMs`. */
	receive(queue: QueueRow, max: number, visibilityMs: number): StoredMessage[] {
		this.#settle(queue);
		const messages = this.#store.receive(queue, max, visibilityMs, this.#clock.now());
		this.#afterChange(queue);
		return messages;
	}

	peek(queue: QueueRow, max: number): StoredMessage[] {
		this.#settle(queue);
		return this.#store.peek(queue, max);
	}

	remove(queue: QueueRow, receiptHandle: string): Removal {
		return this.#store.remove(queue, receiptHandle, this.#clock.now());
	}

	/** @throws MnsError ReceiptHandleError, MessageNotExist */
	changeVisibility(queue: QueueRow, receiptHandle: string, visibilityMs: number) {
		const now = this.#clock.now();
		const visibleAt = now + visibilityMs;
		const handle = this.#store.changeVisibility(queue, receiptHandle, visibleAt, now);
		if (handle === "malformed") throw new MnsError("ReceiptHandleError");
		if (handle === "gone") throw new MnsError("MessageNotExist");
		this.#afterChange(queue);
		return { receiptHandle: handle, visibleAt };
	}

	/** Calls `listener` whenever a message may have become visible; the returned function ends that. */
	onVisible(name: string, listener: () => void): () => void {
		return this.#bell.subscribe(name, listener);
	}

	/** Lets whoever waits on the queue look again. */
	remind(name: string): void {
		this.#bell.ring(name);
	}

	close(): void {
		this.#bell.close();
	}

	#settle(queue: QueueRow): void {
		const now = this.#clock.now();
		for (const feeding of [...this.#store.sourcesOf(queue.name), queue]) {
			if (!this.#store.settle(feeding, now)) continue;
			this.#bell.ring(feeding.name);
			const policy = feeding.attributes.deadLetter;
			if (policy?.enabled) this.#bell.ring(policy.targetQueue);
			this.#afterChange(feeding);
		}
	}

	/** A message of this queue may become a dead letter of another, so both clocks are set. */
	#afterChange(queue: QueueRow): void {
		this.#bell.rearm(queue.name);
		const policy = queue.attributes.deadLetter;
		if (policy?.enabled) this.#bell.rearm(policy.targetQueue);
	}

	#nextVisibleAt(name: string): number | undefined {
		const own = this.#store.queue(name);
		if (!own) return undefined;
		let next: number | undefined;
		for (const queue of [...this.#store.sourcesOf(name), own]) {
			const at = this.#store.nextVisibleAt(queue);
			if (at !== undefined && (next === undefined || at < next)) next = at;
		}
		return next;
	}

	#checkDeadLetterTarget(name: string, { deadLetter }: QueueAttributes): void {
		if (!deadLetter?.enabled) return;
		if (deadLetter.targetQueue === name) throw schemaViolation("DeadLetterTargetQueue");
		this.queue(deadLetter.targetQueue);
	}
}

function checkName(name: string): void {
	if (name.length < 1 || name.length > MAX_QUEUE_NAME_CHARACTERS) {
		throw new MnsError("QueueNameLengthError");
	}
	if (!QUEUE_NAME_PATTERN.test(name)) throw new MnsError("InvalidQueueName");
}

/** The limit is on the body as it was sent, after Base64 if the client uses it (page SendMessage). */
function checkBody(body: string, maximumBytes: number): void {
	if (body === "") throw schemaViolation("MessageBody");
	if (Buffer.byteLength(body) > maximumBytes)
		throw outOfRange("MessageBody", 1, maximumBytes, "bytes");
}

function sameAttributes(left: QueueAttributes, right: QueueAttributes): boolean {
	const text = (attributes: QueueAttributes) => {
		const { deadLetter, ...plain } = attributes;
		const { enabled, targetQueue, maxReceiveCount } = deadLetter ?? {};
		return JSON.stringify([
			Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)),
			enabled ? [targetQueue, maxReceiveCount] : [],
		]);
	};
	return text(left) === text(right);
}
