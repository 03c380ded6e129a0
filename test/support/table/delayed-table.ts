import type { Clock } from "../../../shared/clock.ts";
import type { Table } from "../../../shared/table/table.ts";

/** A table whose operations take their time, half of it before they take effect. */
export class DelayedTable implements Table {
	readonly #inner: Table;
	readonly #clock: Clock;
	readonly #halfMs: number;

	constructor(inner: Table, clock: Clock, roundTripMs: number) {
		this.#inner = inner;
		this.#clock = clock;
		this.#halfMs = roundTripMs / 2;
	}

	get: Table["get"] = (...args) => this.#later(() => this.#inner.get(...args));
	put: Table["put"] = (...args) => this.#later(() => this.#inner.put(...args));
	remove: Table["remove"] = (...args) => this.#later(() => this.#inner.remove(...args));
	range: Table["range"] = (...args) => this.#later(() => this.#inner.range(...args));

	async #later<T>(operation: () => Promise<T>): Promise<T> {
		await this.#clock.sleep(this.#halfMs);
		const result = await operation();
		await this.#clock.sleep(this.#halfMs);
		return result;
	}
}
