/** Counts by name. */
export class Counter {
	readonly #counts = new Map<string, number>();

	add(name: string, count = 1): void {
		this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
	}

	/** Since the last reset, names in order. */
	get counts(): Record<string, number> {
		return Object.fromEntries([...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1)));
	}

	reset(): void {
		this.#counts.clear();
	}
}
