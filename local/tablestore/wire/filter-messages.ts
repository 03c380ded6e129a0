import {
	bool,
	bytes,
	int32,
	message,
	nested,
	oneOf,
	optional,
	repeated,
	required,
	text,
} from "./message.ts";

/** `ots_filter.proto`: conditions on columns, used for writes and for reads alike. */

export const FilterType = { single: 1, composite: 2, pagination: 3 } as const;
export const Comparator = {
	equal: 1,
	notEqual: 2,
	greaterThan: 3,
	greaterEqual: 4,
	lessThan: 5,
	lessEqual: 6,
	exist: 7,
	notExist: 8,
} as const;
export const LogicalOperator = { not: 1, and: 2, or: 3 } as const;

export const FilterMessage = message({
	type: required(1, int32),
	filter: required(2, bytes),
});

export const SingleFilterMessage = message({
	comparator: required(1, oneOf(1, 2, 3, 4, 5, 6, 7, 8)),
	columnName: required(2, text),
	columnValue: required(3, bytes),
	filterIfMissing: required(4, bool),
	latestVersionOnly: required(5, bool),
	valueTransferRule: optional(6, bytes),
});

export const CompositeFilterMessage = message({
	combinator: required(1, oneOf(1, 2, 3)),
	filters: repeated(2, nested(FilterMessage)),
});

export const PaginationFilterMessage = message({
	offset: required(1, int32),
	limit: required(2, int32),
});
