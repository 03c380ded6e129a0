/** A benchmark's result: a table, and what a reader must know beside it. */
export interface Report {
	readonly title: string;
	readonly columns: readonly string[];
	readonly rows: ReadonlyArray<readonly string[]>;
	readonly note?: string;
}

export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((left, right) => left - right);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The report as a Markdown table: numbers to the right. */
export function render({ title, columns, rows, note }: Report): string {
	const all = [columns, ...rows];
	const widths = columns.map((_, at) => Math.max(3, ...all.map((row) => row[at]?.length ?? 0)));
	const line = (row: readonly string[]) =>
		`| ${widths.map((width, at) => (at === 0 ? (row[at] ?? "").padEnd(width) : (row[at] ?? "").padStart(width))).join(" | ")} |`;
	const rule = `|${widths.map((width, at) => (at === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
	return [
		`## ${title}`,
		"",
		line(columns),
		rule,
		...rows.map(line),
		...(note ? ["", note] : []),
	].join("\n");
}
