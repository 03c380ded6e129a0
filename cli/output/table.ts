import { type Colour, paint } from "./colour.ts";
import { pad, printable, truncate, width } from "./width.ts";

export interface Column<T> {
	readonly title: string;
	readonly value: (item: T) => string | number | undefined;
	readonly colour?: (item: T) => Colour | undefined;
	/** For numbers. */
	readonly right?: boolean;
	/** Never cut: somebody copies it. The last column, so that a narrow terminal wraps it. */
	readonly whole?: boolean;
}

export interface Look {
	/** Of the terminal; undefined: nothing is cut. */
	readonly columns: number | undefined;
	readonly colours: boolean;
}

const GAP = "  ";
/** No column is cut to less. */
const LEAST = 8;
/** The other columns keep so much of the line beside one that is never cut. */
const LEAST_REST = 60;

/** Aligned lines, as wide as the terminal at most: the widest columns are cut first. */
export function table<T>(
	items: readonly T[],
	columns: readonly Column<T>[],
	look: Look,
): readonly string[] {
	const cells = items.map((item) =>
		columns.map(({ value }) => printable(String(value(item) ?? ""))),
	);
	const rows = [columns.map(({ title }) => title), ...cells];
	const natural = columns.map((_, index) =>
		Math.max(...rows.map((row) => width(row[index] ?? ""))),
	);
	const whole = columns.findIndex((column) => column.whole);
	const widths = look.columns === undefined ? natural : fit(natural, look.columns, whole);
	const line = (row: readonly string[], colourOf: (index: number) => Colour | undefined) =>
		row
			.map((cell, index) => {
				const columnsOf = widths[index] ?? 0;
				const cut = truncate(cell, columnsOf);
				const last = index === row.length - 1 && !columns[index]?.right;
				const aligned = columns[index]?.right ? cut.padStart(columnsOf) : pad(cut, columnsOf);
				return paint(last ? cut : aligned, colourOf(index), look.colours);
			})
			.join(GAP)
			.trimEnd();
	return [
		line(rows[0] ?? [], () => "grey"),
		...cells.map((row, at) => {
			const item = items[at] as T;
			return line(row, (index) => columns[index]?.colour?.(item));
		}),
	];
}

/** Takes from the widest column, again and again, until all of them fit. */
function fit(natural: readonly number[], columns: number, whole: number): number[] {
	const widths = [...natural];
	const kept = natural[whole] ?? 0;
	const room = Math.max(columns - kept, Math.min(columns, LEAST_REST));
	const total = widths.reduce((sum, one) => sum + one, 0) - kept;
	for (let over = total + GAP.length * (widths.length - 1) - room; over > 0; over--) {
		const widest = Math.max(...widths.filter((_, index) => index !== whole));
		if (widest <= LEAST) break;
		const index = widths.findLastIndex((one, at) => one === widest && at !== whole);
		widths[index] = widest - 1;
	}
	return widths;
}

/** One fact a line; what is absent is left out. */
export function facts(
	pairs: ReadonlyArray<readonly [name: string, value: string | number | undefined]>,
	look: Look,
): readonly string[] {
	const shown = pairs.filter(([, value]) => value !== undefined && value !== "");
	const widest = Math.max(...shown.map(([name]) => width(name)));
	return shown.map(
		([name, value]) =>
			`${paint(pad(name, widest), "grey", look.colours)}  ${printable(String(value))}`,
	);
}
