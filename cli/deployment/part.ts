/** What one thing of a deployment is, and what setup would do with it. */
export interface Item {
	/** Such as `table` or `queue`. */
	readonly part: string;
	readonly name: string;
	/** `skipped`: nobody has said where it is. `unknown`: it could not be looked at. `detail` says why. */
	readonly plan: "keep" | "create" | "update" | "skipped" | "unknown";
	readonly detail?: string;
}

/** Things of one kind that a deployment stands on. */
export interface Part {
	readonly part: string;
	/** Reads only. */
	plan(): Promise<readonly Item[]>;
	/** Does what the plan says of this item; doing it twice changes nothing. */
	apply(item: Item): Promise<void>;
	close?(): void;
}

/** A part of which nothing says where it is. */
export const skippedPart = (part: string, detail: string): Part => ({
	part,
	plan: async () => [{ part, name: "all", plan: "skipped", detail }],
	apply: async () => {},
});

/** A part that cannot be looked at is one item that says so, and stops no other. */
export async function planOf(part: Part): Promise<readonly Item[]> {
	try {
		return await part.plan();
	} catch (error) {
		const detail = (error as Error).message;
		return [{ part: part.part, name: "all", plan: "unknown", detail }];
	}
}
