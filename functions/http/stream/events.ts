/** A client that lags behind by more than this is sent away; it comes back with its last event's id. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Beyond this a stream that catches up waits for its client. */
const HIGH_WATER_BYTES = 256 * 1024;

/** The body of a stream of server-sent events (WHATWG HTML, section 9.2). */
export class EventBody {
	readonly body: ReadableStream<Uint8Array>;
	readonly #encoder = new TextEncoder();
	readonly #closed = new AbortController();
	#controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	#pulled = () => {};

	constructor() {
		this.body = new ReadableStream<Uint8Array>(
			{
				start: (controller) => {
					this.#controller = controller;
				},
				pull: () => this.#pulled(),
				cancel: () => this.#closed.abort(),
			},
			new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
		);
	}

	/** Aborted once nothing more can be written. */
	get closed(): AbortSignal {
		return this.#closed.signal;
	}

	event(id: string, name: string, data: string): void {
		this.#write(`id: ${id}\nevent: ${name}\ndata: ${data}\n\n`);
	}

	/** Keeps the connection open, and tells a client that gets no event where it is. */
	heartbeat(id: string): void {
		this.#write(`: alive\nid: ${id}\n\n`);
	}

	close(): void {
		if (this.closed.aborted) return;
		this.#closed.abort();
		this.#controller?.close();
	}

	/** Resolves when the client has read most of what was written. */
	async ready(): Promise<void> {
		while (!this.closed.aborted && (this.#controller?.desiredSize ?? 0) <= 0) {
			await new Promise<void>((resolve) => {
				this.#pulled = resolve;
				this.closed.addEventListener("abort", () => resolve(), { once: true });
			});
		}
	}

	#write(text: string): void {
		if (this.closed.aborted) return;
		this.#controller?.enqueue(this.#encoder.encode(text));
		const free = this.#controller?.desiredSize ?? 0;
		if (free < HIGH_WATER_BYTES - MAX_BUFFERED_BYTES) this.close();
	}
}
