import { Comparator } from "../wire/filter-messages.ts";
import type { Column } from "./row.ts";
import { compareValues, type Value } from "./value.ts";

type ComparatorNumber = (typeof Comparator)[keyof typeof Comparator];

/** A condition on the columns of one row. */
export type Filter =
	| {
			readonly kind: "single";
			readonly comparator: ComparatorNumber;
			readonly column: string;
			readonly value: Value | undefined;
			/** What a row without the column counts as: true means that it does not match. */
			readonly filterIfMissing: boolean;
			/** False: one matching version among all is enough. */
			readonly latestVersionOnly: boolean;
	  }
	| { readonly kind: "not"; readonly filter: Filter }
	| { readonly kind: "and" | "or"; readonly filters: readonly Filter[] };

/** Cuts the columns of every row, rather than choosing rows. */
export interface ColumnPage {
	readonly kind: "page";
	readonly offset: number;
	readonly limit: number;
}

/** @param columns sorted as in a `Row`. */
export function matches(filter: Filter, columns: readonly Column[]): boolean {
	switch (filter.kind) {
		case "not":
			return !matches(filter.filter, columns);
		case "and":
			return filter.filters.every((part) => matches(part, columns));
		case "or":
			return filter.filters.some((part) => matches(part, columns));
		case "single": {
			const versions = columns.filter((column) => column.name === filter.column);
			if (filter.comparator === Comparator.exist) return versions.length > 0;
			if (filter.comparator === Comparator.notExist) return versions.length === 0;
			if (versions.length === 0) return !filter.filterIfMissing;
			const candidates = filter.latestVersionOnly ? versions.slice(0, 1) : versions;
			return candidates.some(({ value }) => holds(filter.comparator, value, filter.value));
		}
	}
}

/** Values of different types are not equal, and neither is the smaller. */
function holds(comparator: ComparatorNumber, left: Value, right: Value | undefined): boolean {
	const order = right && compareValues(left, right);
	if (order === undefined) return comparator === Comparator.notEqual;
	switch (comparator) {
		case Comparator.equal:
			return order === 0;
		case Comparator.notEqual:
			return order !== 0;
		case Comparator.greaterThan:
			return order > 0;
		case Comparator.greaterEqual:
			return order >= 0;
		case Comparator.lessThan:
			return order < 0;
		case Comparator.lessEqual:
			return order <= 0;
		case Comparator.exist:
		case Comparator.notExist:
			return false;
	}
}
