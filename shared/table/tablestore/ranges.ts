import { keyColumns } from "../schema.ts";
import type { IndexName, Key, Range, Row, TableName } from "../table.ts";
import type { Connection } from "./connection.ts";
import { fromRow, toBound, toPrimaryKey } from "./rows.ts";
import { Direction, type SdkPrimaryKey, type SdkRow } from "./sdk.ts";

/** Tablestore, "Limits on the Wide Column model". */
const MAX_RANGE_ROWS = 5_000;

type Name = TableName | IndexName;

/** Reads a range, page by page. @throws TableError */
export async function readRange(connection: Connection, name: Name, range: Range): Promise<Row[]> {
	const forward = range.direction === "forward";
	const bounds = boundsOf(name, range);
	// The start is inclusive: the row that it names, if it is there, is left out again.
	const startsOnRow = range.after !== undefined || (!forward && range.before !== undefined);
	const wanted = range.limit + (startsOnRow ? 1 : 0);
	const rows: Row[] = [];
	let { start } = bounds;
	for (;;) {
		const limit = Math.min(wanted - rows.length, MAX_RANGE_ROWS);
		const answer = await connection.retry(() =>
			connection.call((client) =>
				client.getRange({
					tableName: name,
					direction: forward ? Direction.FORWARD : Direction.BACKWARD,
					inclusiveStartPrimaryKey: start,
					exclusiveEndPrimaryKey: bounds.end,
					limit,
					maxVersions: 1,
				}),
			),
		);
		rows.push(...(answer.rows as SdkRow[]).flatMap((row) => fromRow(row) ?? []));
		const next = answer.nextStartPrimaryKey;
		if (!next || next.length === 0 || rows.length >= wanted) break;
		// It comes as {name, value}[] and is wanted back as {[name]: value}[].
		start = next.map(({ name: column, value }) => ({ [column]: value }));
	}
	return rows.filter(({ key }) => isInside(key, range)).slice(0, range.limit);
}

function boundsOf(name: Name, range: Range): { start: SdkPrimaryKey; end: SdkPrimaryKey } {
	const { prefix, from, before, after } = range;
	const forward = range.direction === "forward";
	const low = from === undefined ? prefix : [...prefix, from];
	const high =
		before === undefined ? toBound(name, prefix, "max") : toBound(name, [...prefix, before], "min");
	const start = after && toPrimaryKey(name, after);
	if (forward) return { start: start ?? toBound(name, low, "min"), end: high };
	// Where `from` is the whole rest of the key, its own row would be the end, which is exclusive.
	const endsOnRow = from !== undefined && low.length === keyColumns(name).length;
	const end = endsOnRow ? [...prefix, justBelow(from)] : low;
	return { start: start ?? high, end: toBound(name, end, "min") };
}

/**
 * A text that sorts before `text`, with hardly any text between the two: there
 * is no greatest text below another. What is read in between is left out again.
 */
function justBelow(text: string): string {
	const points = [...text];
	const last = points.pop()?.codePointAt(0);
	if (last === undefined || last === 0) return points.join("");
	// Surrogates are no characters of their own.
	const below = last === 0xe000 ? 0xd7ff : last - 1;
	return `${points.join("")}${String.fromCodePoint(below)}\u{10ffff}`;
}

function isInside(key: Key, { prefix, from, before, after }: Range): boolean {
	const value = key[prefix.length] ?? "";
	if (before !== undefined && value === before) return false;
	if (from !== undefined && Buffer.compare(Buffer.from(value), Buffer.from(from)) < 0) return false;
	return !after || key.some((part, index) => part !== after[index]);
}
