/** One mistake in s.yaml: where it stands, as a path of keys, and what is wrong. */
export interface Mistake {
	readonly path: string;
	readonly message: string;
}

/** s.yaml cannot be used; names every mistake that was found. */
export class StackError extends Error {
	readonly mistakes: readonly Mistake[];

	constructor(file: string, mistakes: readonly Mistake[]) {
		const lines = mistakes.map(({ path, message }) => `  ${path || "(document)"}: ${message}`);
		super(`${file} has ${mistakes.length} mistake(s):\n${lines.join("\n")}`);
		this.name = "StackError";
		this.mistakes = mistakes;
	}
}

export function joinPath(parts: readonly PropertyKey[]): string {
	return parts.reduce<string>((path, part) => {
		if (typeof part === "number") return `${path}[${part}]`;
		return path === "" ? String(part) : `${path}.${String(part)}`;
	}, "");
}
