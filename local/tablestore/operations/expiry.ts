import { NEVER_EXPIRES } from "../limits.ts";
import type { Environment } from "./environment.ts";

/**
 * Frees the space of rows that have expired. Reads pass over them anyway, so
 * it is enough to do this at every start.
 */
export function removeExpired({ catalog, store, clock }: Environment): void {
	for (const table of catalog.tables()) {
		const { timeToLiveSeconds } = table.options;
		if (timeToLiveSeconds === NEVER_EXPIRES) continue;
		const bornBeforeMs = clock.now() - timeToLiveSeconds * 1000;
		for (const { id } of [table, ...table.indexes]) store.removeStampedUpTo(id, bornBeforeMs);
	}
}
