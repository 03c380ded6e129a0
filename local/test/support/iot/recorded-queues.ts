import type { QueueMessage, Queues } from "../../../service.ts";

/** What the platform has forwarded, decoded. */
export interface Forwarded {
	readonly messageid: string;
	readonly messagetype: string;
	readonly topic: string;
	readonly timestamp: number;
	/** The decoded payload. */
	readonly text: string;
	readonly payload: Record<string, unknown>;
}

/** The queues' sending side, which keeps what is sent for the test to read. */
export class RecordedQueues implements Queues {
	readonly messages: Forwarded[] = [];
	/** While this is set nothing can be sent. */
	failing = false;
	readonly #listeners = new Set<() => void>();

	ensure(): void {}

	send(_queue: string, body: string): string {
		if (this.failing) throw new Error("the queue is full");
		const wrapper = JSON.parse(Buffer.from(body, "base64").toString("utf8")) as Forwarded & {
			payload: string;
		};
		const text = Buffer.from(wrapper.payload, "base64").toString("utf8");
		let payload: Record<string, unknown> = {};
		try {
			payload = JSON.parse(text) as Record<string, unknown>;
		} catch {
			// user topics carry any bytes
		}
		this.messages.push({ ...wrapper, text, payload });
		for (const listener of this.#listeners) listener();
		return wrapper.messageid;
	}

	/** Resolves with the first message that fits, also with one that is there already. */
	waitFor(fits: (message: Forwarded) => boolean): Promise<Forwarded> {
		return new Promise((resolve) => {
			const look = () => {
				const found = this.messages.find(fits);
				if (!found) return;
				this.#listeners.delete(look);
				resolve(found);
			};
			this.#listeners.add(look);
			look();
		});
	}

	receive(): QueueMessage[] {
		return [];
	}

	remove(): boolean {
		return false;
	}

	onVisible(): () => void {
		return () => {};
	}
}
