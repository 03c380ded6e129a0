import { readFileSync } from "node:fs";

export interface ShellBlock {
	/** Of its first command, counted from 1. */
	readonly line: number;
	readonly code: string;
	/** Why nothing can run it here: the comment `<!-- not tested: … -->` on the line before it. */
	readonly notTested?: string;
}

const FENCE = /^```sh\n([\s\S]*?)^```$/gm;
const NOT_TESTED = /<!-- not tested: (.*) -->\n$/;

/** The blocks of a Markdown file that a reader pastes into a shell. */
export function shellBlocks(file: string): ShellBlock[] {
	const text = readFileSync(file, "utf8");
	return [...text.matchAll(FENCE)].map(({ index, 1: code = "" }) => {
		const before = text.slice(0, index);
		const [, notTested] = NOT_TESTED.exec(before) ?? [];
		const line = before.split("\n").length + 1;
		return { line, code, ...(notTested === undefined ? {} : { notTested }) };
	});
}
