import type { ExactObject } from "../../shared/json/exact.ts";
import { DamagedRow, idOf, type Listed } from "../../shared/store/document-store.ts";
import type { Stored } from "../../shared/stored.ts";
import { mayPass } from "../../shared/table/table.ts";

/** What a list shows of a document that cannot be read. */
export const damagedView = ({ id, name, message }: DamagedRow): ExactObject => ({
	id,
	error: { code: name, message },
});

/** A document as a list shows it: what cannot be read, or cannot be shown, fails no page. */
export async function listedView<T extends { readonly id: string }>(
	one: Listed<T>,
	view: (stored: Stored<T>) => ExactObject | Promise<ExactObject>,
): Promise<ExactObject> {
	if (one instanceof DamagedRow) return damagedView(one);
	try {
		return await view(one);
	} catch (error) {
		if (mayPass(error)) throw error;
		const message = `it cannot be shown: ${(error as Error).message}`;
		return { id: idOf(one), error: { code: DamagedRow.name, message } };
	}
}
