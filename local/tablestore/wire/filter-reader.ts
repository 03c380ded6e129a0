import { parameterInvalid } from "../errors.ts";
import { MAX_FILTERS } from "../limits.ts";
import type { ColumnPage, Filter } from "../model/filter.ts";
import { isMarker } from "../model/value.ts";
import {
	Comparator,
	CompositeFilterMessage,
	FilterMessage,
	FilterType,
	LogicalOperator,
	PaginationFilterMessage,
	SingleFilterMessage,
} from "./filter-messages.ts";
import type { Message } from "./message.ts";
import { readVariant } from "./plainbuffer-reader.ts";
import { MalformedMessage } from "./protobuf.ts";

/**
 * The filter of a read.
 * @throws OtsError (OTSParameterInvalid)
 */
export function readFilter(bytes: Buffer): Filter | ColumnPage {
	const { type, filter } = parse(FilterMessage, bytes, "Deserialize filter failed.");
	return type === FilterType.pagination
		? pagination(filter)
		: rowFilter(type, filter, { count: 0 });
}

/**
 * The column condition of a write.
 * @throws OtsError (OTSParameterInvalid)
 */
export function readCondition(bytes: Buffer): Filter {
	const { type, filter } = parse(FilterMessage, bytes, "Deserialize filter failed.");
	return rowFilter(type, filter, { count: 0 });
}

/** `budget` is shared by the whole tree: it bounds its depth as well as its size. */
function rowFilter(type: number, bytes: Buffer, budget: { count: number }): Filter {
	budget.count++;
	if (budget.count > MAX_FILTERS) {
		throw parameterInvalid(`The count of filter exceeds the max: ${MAX_FILTERS}.`);
	}
	if (type === FilterType.single) return single(bytes);
	if (type === FilterType.composite) return composite(bytes, budget);
	throw parameterInvalid(`Invalid type of filter: ${type}.`);
}

function single(bytes: Buffer): Filter {
	const failure = "Deserialize relation filter failed.";
	const fields = parse(SingleFilterMessage, bytes, failure);
	if (fields.valueTransferRule) {
		throw parameterInvalid("Regular expressions in filters are not supported here.");
	}
	const { comparator, columnName, filterIfMissing, latestVersionOnly } = fields;
	const needsValue = comparator !== Comparator.exist && comparator !== Comparator.notExist;
	const value = needsValue ? readVariant(fields.columnValue) : undefined;
	if (needsValue && (!value || isMarker(value))) throw parameterInvalid(failure);
	return {
		kind: "single",
		comparator,
		column: columnName,
		value: value && !isMarker(value) ? value : undefined,
		filterIfMissing,
		latestVersionOnly,
	};
}

function composite(bytes: Buffer, budget: { count: number }): Filter {
	const fields = parse(CompositeFilterMessage, bytes, "Deserialize composite filter failed.");
	const filters = fields.filters.map(({ type, filter }) => rowFilter(type, filter, budget));
	const [first] = filters;
	if (fields.combinator === LogicalOperator.not) {
		if (!first || filters.length !== 1) {
			throw parameterInvalid("Invalid NOT operator: the number of sub-filters must be 1.");
		}
		return { kind: "not", filter: first };
	}
	if (filters.length < 2) {
		throw parameterInvalid("Invalid AND/OR operator: the number of sub-filters must be 2.");
	}
	return { kind: fields.combinator === LogicalOperator.and ? "and" : "or", filters };
}

function pagination(bytes: Buffer): ColumnPage {
	const failure = "Deserialize column pagination filter failed.";
	const { offset, limit } = parse(PaginationFilterMessage, bytes, failure);
	if (offset < 0) {
		throw parameterInvalid("Offset in ColumnPaginationFilter must be greater than or equal to 0.");
	}
	if (limit <= 0) {
		throw parameterInvalid("Limit in ColumnPaginationFilter must be greater than 0.");
	}
	return { kind: "page", offset, limit };
}

function parse<Out>(message: Message<Out, never>, bytes: Buffer, failure: string): Out {
	try {
		return message.decode(bytes);
	} catch (error) {
		if (error instanceof MalformedMessage) throw parameterInvalid(failure);
		throw error;
	}
}
