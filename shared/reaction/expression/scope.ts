import type { Names } from "./names.ts";

/** What names mean at a place in an expression. */
export interface Scope {
	readonly names: Names;
	/** Variables of the macros around it, the outermost first. */
	readonly variables: readonly string[];
}
