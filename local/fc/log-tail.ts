/** `x-fc-log-type: Tail` answers with the last 4 KB of the invocation's log (InvokeFunction). */
const TAIL_BYTES = 4 * 1024;

/** The log of the invocations under way, as far as somebody asked for it. */
export class LogTails {
	readonly #tails = new Map<string, string[]>();

	begin(requestId: string): void {
		this.#tails.set(requestId, []);
	}

	/** @param line is made only where somebody asked for it. */
	add(requestId: string, line: () => string): void {
		this.#tails.get(requestId)?.push(line());
	}

	/** The end of the log, in base64. */
	take(requestId: string): string {
		const text = (this.#tails.get(requestId) ?? []).map((line) => `${line}\n`).join("");
		this.#tails.delete(requestId);
		const bytes = Buffer.from(text);
		return bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)).toString("base64");
	}
}
