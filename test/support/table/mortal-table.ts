import { type Table, TableError } from "../../../shared/table/table.ts";

/** What a table does for those who use it: an instance that has died hears of nothing any more. */
export interface Fate {
	dead: boolean;
	/** The table store answers nobody. */
	readonly out: () => boolean;
}

const NEVER = new Promise<never>(() => {});

export function mortal(inner: Table, fate: Fate): Table {
	const call = async <T>(operation: () => Promise<T>): Promise<T> => {
		if (fate.dead) return NEVER;
		if (fate.out()) {
			throw new TableError("OTSServerUnavailable", "on purpose", {
				retryable: true,
				applied: "no",
			});
		}
		const result = await operation();
		return fate.dead ? NEVER : result;
	};
	return {
		get: (...args) => call(() => inner.get(...args)),
		put: (...args) => call(() => inner.put(...args)),
		remove: (...args) => call(() => inner.remove(...args)),
		range: (...args) => call(() => inner.range(...args)),
	};
}
