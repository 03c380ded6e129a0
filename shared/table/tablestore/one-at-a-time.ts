/**
 * Operations on one row go one after the other, in the order in which they were
 * asked for, also where requests overtake one another; and a batch may name a
 * row only once.
 */
export class OneAtATime {
	readonly #waiting = new Map<string, Array<() => void>>();

	async run<T>(row: string, operation: () => Promise<T>): Promise<T> {
		const line = this.#waiting.get(row);
		if (line) await new Promise<void>((go) => line.push(go));
		else this.#waiting.set(row, []);
		try {
			return await operation();
		} finally {
			const next = this.#waiting.get(row)?.shift();
			if (next) next();
			else this.#waiting.delete(row);
		}
	}
}
