/** A map that forgets what was used longest ago once it is full: strangers cannot fill the memory. */
export class BoundedMap<K, V> {
	readonly #max: number;
	readonly #entries = new Map<K, V>();

	constructor(max: number) {
		this.#max = max;
	}

	get size(): number {
		return this.#entries.size;
	}

	get(key: K): V | undefined {
		const value = this.#entries.get(key);
		if (value !== undefined) this.#newest(key, value);
		return value;
	}

	set(key: K, value: V): void {
		this.#newest(key, value);
		if (this.#entries.size <= this.#max) return;
		const [oldest] = this.#entries.keys();
		if (oldest !== undefined) this.#entries.delete(oldest);
	}

	delete(key: K): void {
		this.#entries.delete(key);
	}

	#newest(key: K, value: V): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
	}
}
