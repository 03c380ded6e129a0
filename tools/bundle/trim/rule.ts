import type { Piece } from "./pieces.ts";
import type { Source } from "./source.ts";

/** How to cut a vendor's package down to what is called. */
export interface Trim {
	readonly package: string;
	/** The only versions that the rule was tried with. */
	readonly versions: readonly string[];
	/** Every file of the package that a bundle holds, with what may go of it. */
	readonly files: Readonly<Record<string, (source: Source) => Piece[]>>;
	/** Packages that use this one, in place of the project's own files: what is kept of them counts. */
	readonly calledBy?: readonly string[];
	/** Names that a word of a caller stands for; the word itself by default. */
	readonly called?: (word: string) => string;
	/** Names that a kept text mentions; its words by default. */
	readonly mentions?: (text: string) => string[];
	/** Changes a file before pieces are looked for. */
	readonly prepare?: (source: Source) => Source;
	/** @throws ShapeError if what is kept must not be. */
	readonly check?: (kept: ReadonlyMap<string, string>) => void;
}

export const whole = (): Piece[] => [];
