/** A document as it was read, with the version that a change of it must still find. */
export interface Stored<T> {
	readonly document: T;
	readonly version: bigint;
}
