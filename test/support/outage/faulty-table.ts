import type { Clock } from "../../../shared/clock.ts";
import { type Table, TableError } from "../../../shared/table/table.ts";

export type TableFault =
	| { readonly kind: "slow"; readonly ms: number }
	/** No answer until the operation's patience ends; half of the writes stand all the same. */
	| { readonly kind: "hangs" }
	/** The connection breaks; half of the writes stand all the same. */
	| { readonly kind: "resets" }
	| { readonly kind: "answers 5xx" }
	| { readonly kind: "is throttled" };

/** How long the adapter goes on with one operation (`shared/table/tablestore/patience.ts`). */
const PATIENCE_MS = 1_500;

/** The table port as it behaves while its service has a fault, of which a share of the operations suffers. */
export class FaultyTable implements Table {
	readonly #inner: Table;
	readonly #clock: Clock;
	readonly #random: () => number;
	fault: TableFault | undefined;
	share = 0;

	constructor(inner: Table, clock: Clock, random: () => number) {
		this.#inner = inner;
		this.#clock = clock;
		this.#random = random;
	}

	get: Table["get"] = (...args) => this.#run(() => this.#inner.get(...args));
	put: Table["put"] = (...args) => this.#run(() => this.#inner.put(...args));
	remove: Table["remove"] = (...args) => this.#run(() => this.#inner.remove(...args));
	range: Table["range"] = (...args) => this.#run(() => this.#inner.range(...args));

	async #run<T>(operation: () => Promise<T>): Promise<T> {
		const { fault } = this;
		if (!fault || this.#random() >= this.share) return operation();
		switch (fault.kind) {
			case "slow":
				await this.#clock.sleep(fault.ms);
				return operation();
			case "hangs":
				await this.#clock.sleep(PATIENCE_MS);
				return this.#inDoubt(operation);
			case "resets":
				return this.#inDoubt(operation);
			case "answers 5xx":
			case "is throttled":
				throw failure("OTSServerBusy", "no");
		}
	}

	async #inDoubt<T>(operation: () => Promise<T>): Promise<T> {
		if (this.#random() < 0.5) await operation();
		throw failure("OTSTimeout", "maybe");
	}
}

const failure = (code: string, applied: "no" | "maybe") =>
	new TableError(code, "on purpose", { retryable: true, applied });
