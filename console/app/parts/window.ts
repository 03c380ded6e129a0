/** Of a long list only what is in sight is in the page. */
export interface Window {
	readonly from: number;
	readonly to: number;
}

/** Rows above and below what is in sight, so that a quick scroll shows no hole. */
const SPARE_ROWS = 8;

export function windowOf(
	scrollTop: number,
	height: number,
	rowHeight: number,
	rows: number,
): Window {
	const first = Math.floor(Math.max(0, scrollTop) / rowHeight) - SPARE_ROWS;
	const last = Math.ceil((scrollTop + height) / rowHeight) + SPARE_ROWS;
	const to = Math.min(rows, last);
	return { from: Math.max(0, Math.min(first, to)), to };
}

/** Where the marked row goes with a key; undefined: the key does nothing here. */
export function moved(key: string, at: number, rows: number, perPage: number): number | undefined {
	const steps: Readonly<Record<string, number>> = {
		ArrowDown: 1,
		ArrowUp: -1,
		j: 1,
		k: -1,
		PageDown: perPage,
		PageUp: -perPage,
		Home: -rows,
		End: rows,
	};
	const step = steps[key];
	if (step === undefined || rows === 0) return undefined;
	return Math.min(rows - 1, Math.max(0, at + step));
}

/** The scroll position that shows this row; the same where it is in sight. */
export function scrollToShow(
	row: number,
	scrollTop: number,
	height: number,
	rowHeight: number,
): number {
	const top = row * rowHeight;
	if (top < scrollTop) return top;
	return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}
