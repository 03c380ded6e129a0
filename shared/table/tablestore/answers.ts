import { TableError, type TableName } from "../table.ts";
import { isAboutContent, toTableError } from "./errors.ts";

/** Items of one table, as a batch wants them, and where in the whole batch each was. */
export interface TableGroup<I> {
	readonly table: TableName;
	readonly items: I[];
	readonly positions: number[];
}

export function groupByTable<I extends { readonly table: TableName }>(
	items: readonly I[],
): TableGroup<I>[] {
	const groups = new Map<TableName, TableGroup<I>>();
	items.forEach((item, position) => {
		let group = groups.get(item.table);
		if (!group) {
			group = { table: item.table, items: [], positions: [] };
			groups.set(item.table, group);
		}
		group.items.push(item);
		group.positions.push(position);
	});
	return [...groups.values()];
}

/** What the SDK gives for each row of a batch. */
interface RowAnswer {
	readonly isOk: boolean;
	readonly errorCode?: string | null;
	readonly errorMessage?: string | null;
}

/** A batch answers table by table; gives the results in the order in which the items were asked for. */
export function inOrder<I, Answer extends RowAnswer, Result>(
	groups: readonly TableGroup<I>[],
	answers: readonly Answer[],
	read: (answer: Answer) => Result | Error,
): Array<Result | Error> {
	const results: Array<Result | Error> = [];
	let next = 0;
	for (const { positions } of groups) {
		for (const position of positions) {
			const answer = answers[next++];
			results[position] = answer === undefined ? leftOut() : read(answer);
		}
	}
	return results;
}

/**
 * A batch that is refused because of what is in it is asked for again item by
 * item, so that one row's fault is no other's.
 */
export async function orOneByOne<I, Result>(
	items: readonly I[],
	together: () => Promise<Array<Result | Error>>,
	alone: (item: I) => Promise<Result>,
): Promise<Array<Result | Error>> {
	try {
		return await together();
	} catch (error) {
		if (!isAboutContent(error)) throw error;
		return Promise.all(items.map((item) => alone(item).catch((own: Error) => own)));
	}
}

export const rowFailure = ({ errorCode, errorMessage }: RowAnswer): TableError =>
	toTableError({ message: `${errorCode} ${errorMessage}` });

function leftOut(): TableError {
	return new TableError("IncompleteAnswer", "the batch's answer leaves a row out", {
		retryable: true,
		applied: "maybe",
	});
}
