/**
 * A line is cut here, so that output without line ends cannot fill the memory,
 * and a crash does not print the whole of a minified bundle as one line.
 */
const MAX_LINE_CHARS = 4 * 1024;

/** Cuts a stream of text into lines. */
export class LineSplitter {
	#rest = "";
	readonly #decoder = new TextDecoder();
	readonly #onLine: (line: string) => void;

	constructor(onLine: (line: string) => void) {
		this.#onLine = onLine;
	}

	push(chunk: Buffer): void {
		const lines = this.#decoder.decode(chunk, { stream: true }).split("\n");
		const last = lines.pop() ?? "";
		for (const line of lines) {
			this.#add(line);
			this.end();
		}
		this.#add(last);
	}

	end(): void {
		if (this.#rest !== "") this.#onLine(this.#rest);
		this.#rest = "";
	}

	#add(text: string): void {
		this.#rest += text.slice(0, MAX_LINE_CHARS - this.#rest.length);
	}
}
