import type { Source } from "./source.ts";

/** How to cut a vendor's package down to what is called. */
export interface Trim {
	readonly package: string;
	/** The only version that the rule was tried with. */
	readonly version: string;
	/** Paths inside the package; `trim` gets and gives them in this order. */
	readonly files: readonly [string, ...string[]];
	/** `called`: every word of the project's own files that use the package. */
	readonly trim: (
		sources: readonly [Source, ...Source[]],
		called: ReadonlySet<string>,
	) => string[];
}
