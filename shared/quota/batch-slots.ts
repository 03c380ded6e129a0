import type { Clock } from "../clock.ts";
import { spread } from "../store/shard.ts";
import type { Table } from "../table/table.ts";

const SECOND_MS = 1_000;

/**
 * The account's calls of InvokeThingsService, evenly spaced: each is a row that
 * one instance gets by writing it. There are so few of them, each for many
 * devices, that no plan is needed.
 */
export class BatchSlots {
	readonly #table: Table;
	readonly #clock: Clock;
	readonly #perSecond: number;
	/** No slot before this one is free, as far as is known here. */
	#next = 0;

	/** @param perSecond calls a second that this bundle may make; below 1, one in several seconds. */
	constructor(perSecond: number, { table, clock }: { table: Table; clock: Clock }) {
		this.#perSecond = perSecond;
		this.#table = table;
		this.#clock = clock;
	}

	/**
	 * Waits for the right to make one call.
	 * @param until gives up at this time, in milliseconds since the epoch.
	 * @returns whether the call may be made. @throws TableError
	 */
	async take(until: number): Promise<boolean> {
		const spacing = SECOND_MS / this.#perSecond;
		for (;;) {
			const now = this.#clock.now();
			const slot = Math.max(this.#next, Math.ceil(now / spacing));
			const at = slot * spacing;
			if (at >= until) return false;
			this.#next = slot + 1;
			if (!(await this.#claim(slot))) continue;
			const waitMs = Math.ceil(at - this.#clock.now());
			if (waitMs > 0) await this.#clock.sleep(waitMs);
			return true;
		}
	}

	#claim(slot: number): Promise<boolean> {
		const key = [spread(`batch#${slot}`), `batch#${slot}`];
		return this.#table.put("quota", { key, columns: {} }, { row: "absent" });
	}
}
