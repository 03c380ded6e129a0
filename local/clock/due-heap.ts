/** Things by the time at which they are due; those of the same time in the order in which they came. */
export class DueHeap<T> {
	readonly #items: { at: number; order: number; value: T }[] = [];
	#order = 0;

	get size(): number {
		return this.#items.length;
	}

	get nextAt(): number | undefined {
		return this.#items[0]?.at;
	}

	/** What is due first, whenever that is. */
	get first(): T | undefined {
		return this.#items[0]?.value;
	}

	push(at: number, value: T): void {
		const items = this.#items;
		const item = { at, order: this.#order++, value };
		let index = items.length;
		while (index > 0) {
			const parentIndex = (index - 1) >> 1;
			const parent = items[parentIndex];
			if (!parent || !before(item, parent)) break;
			items[index] = parent;
			index = parentIndex;
		}
		items[index] = item;
	}

	/** The first thing, if it is due at `now`. */
	takeDue(now: number): T | undefined {
		const items = this.#items;
		const first = items[0];
		if (!first || first.at > now) return undefined;
		const last = items.pop();
		if (last && last !== first) this.#sink(last);
		return first.value;
	}

	#sink(item: { at: number; order: number; value: T }): void {
		const items = this.#items;
		let index = 0;
		for (;;) {
			let childIndex = 2 * index + 1;
			let child = items[childIndex];
			const right = items[childIndex + 1];
			if (right && child && before(right, child)) {
				child = right;
				childIndex++;
			}
			if (!child || before(item, child)) break;
			items[index] = child;
			index = childIndex;
		}
		items[index] = item;
	}
}

function before(
	left: { readonly at: number; readonly order: number },
	right: { readonly at: number; readonly order: number },
): boolean {
	return left.at < right.at || (left.at === right.at && left.order < right.order);
}
