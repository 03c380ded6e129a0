import { parameterInvalid } from "../errors.ts";
import { MAX_COLUMNS_TO_GET } from "../limits.ts";
import { type ColumnPage, type Filter, matches } from "../model/filter.ts";
import { type Column, keepNewest, type Row } from "../model/row.ts";
import { readFilter } from "../wire/filter-reader.ts";
import type { Fields } from "../wire/message.ts";
import type { TimeRangeMessage } from "../wire/row-messages.ts";

/** What of each row a read wants. */
export interface Selection {
	readonly columns: ReadonlySet<string> | undefined;
	readonly startColumn: string | undefined;
	readonly endColumn: string | undefined;
	/** Versions in [from, to). */
	readonly versions: { readonly from: bigint; readonly to: bigint } | undefined;
	readonly maxVersions: number;
	readonly filter: Filter | ColumnPage | undefined;
}

interface SelectionFields {
	readonly columnsToGet: readonly string[];
	readonly timeRange: Fields<typeof TimeRangeMessage> | undefined;
	readonly maxVersions: number | undefined;
	readonly filter: Buffer | undefined;
	readonly startColumn: string | undefined;
	readonly endColumn: string | undefined;
}

/** @throws OtsError (OTSParameterInvalid) */
export function parseSelection(fields: SelectionFields): Selection {
	if (fields.columnsToGet.length > MAX_COLUMNS_TO_GET) {
		throw parameterInvalid(
			`The number of columns from the request exceeds the limit, limit count: ${MAX_COLUMNS_TO_GET}, column count: ${fields.columnsToGet.length}.`,
		);
	}
	const { maxVersions, timeRange } = fields;
	if (maxVersions === undefined && timeRange === undefined) {
		throw parameterInvalid("No version condition is specified while querying row.");
	}
	if (maxVersions !== undefined && maxVersions <= 0) {
		throw parameterInvalid(
			`Invalid max versions: ${maxVersions}. Reason: Max versions must be positive.`,
		);
	}
	if (maxVersions !== undefined && timeRange?.specificTime !== undefined) {
		throw parameterInvalid("Max versions and specific timestamp cannot be given at the same time.");
	}
	return {
		columns: fields.columnsToGet.length > 0 ? new Set(fields.columnsToGet) : undefined,
		startColumn: fields.startColumn || undefined,
		endColumn: fields.endColumn || undefined,
		versions: timeRange && versionRange(timeRange),
		maxVersions: maxVersions ?? Number.POSITIVE_INFINITY,
		filter: fields.filter && fields.filter.length > 0 ? readFilter(fields.filter) : undefined,
	};
}

function versionRange({ startTime, endTime, specificTime }: Fields<typeof TimeRangeMessage>) {
	if (specificTime !== undefined) {
		if (startTime !== undefined || endTime !== undefined) {
			throw parameterInvalid("Specific tiemstamp and time range cannot be given at the same time.");
		}
		if (specificTime < 0n) throw parameterInvalid("Specific timestamp cannot be less than 0.");
		return { from: specificTime, to: specificTime + 1n };
	}
	if (startTime === undefined || endTime === undefined) {
		throw parameterInvalid("Start and end time must be given at the same time.");
	}
	return { from: startTime, to: endTime };
}

/**
 * The row as the read gets it; undefined when it does not get the row at all.
 * Columns are chosen first and the filter sees only the chosen ones
 * (alibabacloud.com/help/en/tablestore/developer-reference/getrow, "filter").
 */
export function select(row: Row, selection: Selection): Row | undefined {
	const chosen = chooseColumns(row.columns, selection);
	const { columns, filter } = selection;
	// A row that has none of the wanted columns is not there, unless part of its key was asked for.
	if (columns && chosen.length === 0 && !row.key.some(({ name }) => columns.has(name))) {
		return undefined;
	}
	if (filter === undefined) return { key: row.key, columns: chosen };
	if (filter.kind === "page") return { key: row.key, columns: page(chosen, filter) };
	return matches(filter, chosen) ? { key: row.key, columns: chosen } : undefined;
}

function chooseColumns(all: readonly Column[], selection: Selection): readonly Column[] {
	const { columns, startColumn, endColumn, versions, maxVersions } = selection;
	let chosen = all;
	if (columns) chosen = chosen.filter(({ name }) => columns.has(name));
	if (startColumn) chosen = chosen.filter(({ name }) => name >= startColumn);
	if (endColumn) chosen = chosen.filter(({ name }) => name < endColumn);
	if (versions) {
		chosen = chosen.filter(({ timestamp }) => {
			const version = BigInt(timestamp);
			return version >= versions.from && version < versions.to;
		});
	}
	return keepNewest(chosen, maxVersions);
}

/** Counts columns, not versions of them. */
function page(columns: readonly Column[], { offset, limit }: ColumnPage): Column[] {
	const names = [...new Set(columns.map(({ name }) => name))].slice(offset, offset + limit);
	const wanted = new Set(names);
	return columns.filter(({ name }) => wanted.has(name));
}
