import type { Metafile } from "esbuild";

/** Folders whose files run on a developer's machine only. */
const NEVER_SHIPPED = ["local/", "test/", "bench/"];

/** Development files that a bundle holds; none of them is allowed. */
export function strays(inputs: readonly string[]): string[] {
	return inputs.filter((input) => NEVER_SHIPPED.some((folder) => input.startsWith(folder)));
}

export interface Part {
	/** A package, or `own code`. */
	readonly name: string;
	readonly bytes: number;
}

/** What a bundle is made of, the largest part first. */
export function partsOf(output: Metafile["outputs"][string]): Part[] {
	const bytesOf = new Map<string, number>();
	for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
		const name = packageOf(input);
		bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytesInOutput);
	}
	return [...bytesOf]
		.map(([name, bytes]) => ({ name, bytes }))
		.sort((left, right) => right.bytes - left.bytes);
}

/** Of nested packages the innermost, whose file it is. */
function packageOf(input: string): string {
	const inside = input.split("node_modules/").at(-1) ?? "";
	if (inside === input) return "own code";
	const [scope = "", name = ""] = inside.split("/");
	return scope.startsWith("@") ? `${scope}/${name}` : scope;
}
