/** A line longer than this is cut, so that output without line ends cannot fill the memory. */
const MAX_LINE_CHARS = 64 * 1024;

/** Cuts a stream of text into lines. */
export class LineSplitter {
	#rest = "";
	readonly #decoder = new TextDecoder();
	readonly #onLine: (line: string) => void;

	constructor(onLine: (line: string) => void) {
		this.#onLine = onLine;
	}

	push(chunk: Buffer): void {
		const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
		this.#rest = lines.pop() ?? "";
		for (const line of lines) this.#onLine(line);
		if (this.#rest.length > MAX_LINE_CHARS) this.end();
	}

	end(): void {
		if (this.#rest !== "") this.#onLine(this.#rest);
		this.#rest = "";
	}
}
