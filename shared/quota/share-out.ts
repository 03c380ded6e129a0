/**
 * Shares `total` calls out, max-min fair: nobody gets more while somebody with
 * an unmet wish has less. What nobody wants is given evenly to all, because an
 * unused call costs nothing and a new one is then served at once.
 *
 * @param wishes calls that each would like.
 * @param turn who is first to get one of the calls that do not divide evenly.
 * @returns calls of each, whole numbers that add up to `total`, or to 0 if there is nobody.
 */
export function shareOut(total: number, wishes: readonly number[], turn: number): number[] {
	const given = fill(total, wishes, turn);
	const spare = total - given.reduce((sum, calls) => sum + calls, 0);
	const extra = fill(
		spare,
		wishes.map(() => spare),
		turn,
	);
	return given.map((calls, index) => calls + (extra[index] ?? 0));
}

function fill(total: number, wishes: readonly number[], turn: number): number[] {
	const given = wishes.map(() => 0);
	const count = wishes.length;
	const order = wishes.map((_, index) => (index + turn) % count);
	let left = total;
	let open = order.filter((index) => (wishes[index] ?? 0) > 0);
	while (left > 0 && open.length > 0) {
		const each = Math.floor(left / open.length);
		const round = each === 0 ? open.slice(0, left) : open;
		for (const index of round) {
			const calls = Math.min(Math.max(1, each), (wishes[index] ?? 0) - (given[index] ?? 0));
			given[index] = (given[index] ?? 0) + calls;
			left -= calls;
		}
		open = each === 0 ? [] : open.filter((index) => (given[index] ?? 0) < (wishes[index] ?? 0));
	}
	return given;
}
