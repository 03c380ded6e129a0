import { type Colour, paint } from "./colour.ts";
import { pad, printable, truncate, width } from "./width.ts";

export interface Column<T> {
	readonly title: string;
	readonly value: (item: T) => string | number | undefined;
	readonly colour?: (item: T) => Colour | undefined;
	/** For numbers. */
	readonly right?: boolean;
	/** Never cut, since it is copied; comes last. */
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
/** What the other columns take beside one that is never cut; otherwise that goes on a line of its own. */
const LEAST_BESIDE = 80;

/** Aligned lines, as wide as the terminal at most: the widest columns are cut first. */
export function table<T>(
	items: readonly T[],
	columns: readonly Column<T>[],
	look: Look,
): readonly string[] {
	const whole = columns.findIndex((column) => column.whole);
	const cells = items.map((item) =>
		columns.map(({ value }) => printable(String(value(item) ?? ""))),
	);
	const titles = columns.map(({ title }) => title);
	const natural = widest([titles, ...cells]);
	const limit = look.columns ?? Number.POSITIVE_INFINITY;
	const beside = limit - (natural[whole] ?? -GAP.length) - GAP.length;
	const below = whole >= 0 && total(natural) > limit && beside < LEAST_BESIDE;
	const shown = columns.map((_, index) => index).filter((index) => index !== whole);
	const widths = fit(natural, shown, below ? limit : beside);
	const inLine = whole < 0 || below ? shown : [...shown, whole];

	const line = (row: readonly string[], colourOf: (index: number) => Colour | undefined) =>
		inLine
			.map((index, place) => {
				const space = widths[index] ?? 0;
				const cut = truncate(row[index] ?? "", space);
				const last = place === inLine.length - 1;
				const aligned = columns[index]?.right ? cut.padStart(space) : last ? cut : pad(cut, space);
				return paint(aligned, colourOf(index), look.colours);
			})
			.join(GAP)
			.trimEnd();
	const under = (row: readonly string[]) =>
		below ? [paint(`${GAP}${row[whole] ?? ""}`, "grey", look.colours)] : [];
	return [
		line(titles, () => "grey"),
		...cells.flatMap((row, at) => {
			const item = items[at] as T;
			return [line(row, (index) => columns[index]?.colour?.(item)), ...under(row)];
		}),
	];
}

function widest(rows: readonly (readonly string[])[]): number[] {
	const widths: number[] = [];
	for (const row of rows) {
		for (const [index, cell] of row.entries()) {
			widths[index] = Math.max(widths[index] ?? 0, width(cell));
		}
	}
	return widths;
}

const total = (widths: readonly number[]): number =>
	widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);

/** Takes from the widest of the columns `shown`, again and again, until they fit. */
function fit(natural: readonly number[], shown: readonly number[], limit: number): number[] {
	const widths = [...natural];
	const now = () => shown.map((index) => widths[index] ?? 0);
	for (let over = total(now()) - limit; over > 0; over--) {
		const most = Math.max(...now());
		if (most <= LEAST) break;
		const index = shown.findLast((one) => widths[one] === most);
		if (index === undefined) break;
		widths[index] = most - 1;
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
