import type { Shown, World } from "./world.ts";

export interface StreamEvent {
	readonly id: string;
	readonly command: Shown;
}

/** A client of the stream, in virtual time. */
export class StreamClient {
	readonly events: StreamEvent[] = [];
	/** Of the last event or heartbeat. */
	lastId = "";
	heartbeats = 0;
	ended = false;
	readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
	#text = "";

	private constructor(body: ReadableStream<Uint8Array>) {
		this.#reader = body.getReader();
		void this.#read();
	}

	static async connect(
		world: World,
		query = "",
		headers: Record<string, string> = {},
	): Promise<StreamClient> {
		const response = await world.fetch("GET", `/v1/commands/stream${query}`, headers);
		if (response.status !== 200 || !response.body) throw new Error(await response.text());
		return new StreamClient(response.body);
	}

	/** `id state` of what was told. */
	get told(): string[] {
		return this.events.map(({ command }) => `${command.id} ${command.state}`);
	}

	async leave(): Promise<void> {
		await this.#reader.cancel();
	}

	async #read(): Promise<void> {
		const decoder = new TextDecoder();
		for (;;) {
			const { value, done } = await this.#reader.read();
			if (done) break;
			this.#text += decoder.decode(value);
			const blocks = this.#text.split("\n\n");
			this.#text = blocks.pop() ?? "";
			for (const block of blocks) this.#take(block);
		}
		this.ended = true;
	}

	#take(block: string): void {
		const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
		this.lastId = field("id") ?? this.lastId;
		const data = field("data");
		if (data === undefined) this.heartbeats++;
		else this.events.push({ id: this.lastId, command: JSON.parse(data) as Shown });
	}
}
