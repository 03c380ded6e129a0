import type { Account } from "./account.ts";
import type { Clock } from "./clock/clock.ts";

/** What every service of the local cloud is given. */
export interface ServiceContext {
	/** Folder of the service's database file. */
	readonly dataDir: string;
	/** TCP port on 127.0.0.1; 0 takes a free one. */
	readonly port: number;
	readonly clock: Clock;
	/** A number in [0, 1), as `Math.random`. */
	readonly random: () => number;
	readonly account: Account;
	/** One line of text for people; never a secret. */
	readonly log: (line: string) => void;
}

/** A running service of the local cloud. */
export interface LocalService {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
	/** Stops taking connections, ends open ones, closes the database. */
	close(): Promise<void>;
}

export interface QueueMessage {
	readonly messageId: string;
	/** The body as it was sent. */
	readonly body: string;
	/** Times the message was received, this one included. */
	readonly dequeueCount: number;
	/** Milliseconds since the epoch. */
	readonly enqueuedAt: number;
	readonly receiptHandle: string;
}

/**
 * The queues as the other local services see them: Function Compute polls them
 * for its event streams, IoT Platform forwards device messages to them.
 */
export interface Queues {
	/** Creates the queue if it does not exist. */
	ensure(queue: string): void;
	/** Durable when it returns. @returns the message's id. */
	send(queue: string, body: string): string;
	/** Takes up to `max` visible messages and hides them for `visibilityMs`. */
	receive(queue: string, max: number, visibilityMs: number): QueueMessage[];
	/** @returns false if the handle is no longer valid. */
	remove(queue: string, receiptHandle: string): boolean;
	/** Calls `listener` whenever a message may have become visible; the returned function ends that. */
	onVisible(queue: string, listener: () => void): () => void;
}
