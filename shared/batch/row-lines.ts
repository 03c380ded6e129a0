/**
 * A line for each row, so that what is asked of one row is done one after the
 * other, in order, also where requests overtake one another; and since a batch
 * may name a row only once.
 */
export class RowLines<T> {
	/** Who waits behind the one that goes now; undefined: nobody has yet. */
	readonly #lines = new Map<string, T[] | undefined>();

	/** @returns whether it may go at once; if not, `leave` gives it back in its turn. */
	enter(row: string, item: T): boolean {
		if (!this.#lines.has(row)) {
			this.#lines.set(row, undefined);
			return true;
		}
		const line = this.#lines.get(row);
		if (line) line.push(item);
		else this.#lines.set(row, [item]);
		return false;
	}

	/** The one that went is done. @returns the next of its row */
	leave(row: string): T | undefined {
		const next = this.#lines.get(row)?.shift();
		if (next === undefined) this.#lines.delete(row);
		return next;
	}
}
