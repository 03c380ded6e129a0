/** Runs what concerns the same thing in the order in which it came, and all else at once. */
export class InTurn {
	readonly #last = new Map<string, Promise<unknown>>();

	/** @param key what must come in turn; without one, nothing has to. */
	run<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
		const before = (key !== undefined && this.#last.get(key)) || Promise.resolve();
		const result = before.then(work, work);
		if (key !== undefined) this.#last.set(key, result);
		// Whoever asked for it hears of its failure, perhaps only later; here it ends the turn.
		result.catch(() => {});
		return result;
	}
}
