import type { Metafile } from "esbuild";

/** Folders whose files run on a developer's machine only. */
const NEVER_SHIPPED = ["local/", "test/", "bench/"];

/** What the vendors' packages bring along for what no function does. */
const NEVER_NEEDED = [
	...["axios", "lodash", "moment", "socks", "ws", "xml2js"],
	...["@darabonba/typescript", "ali-oss", "flatbuffers", "follow-redirects"],
];

/** @throws Error that names what a bundle must not hold. */
export function refuseStrays(functionName: string, inputs: readonly string[]): void {
	const local = inputs.filter((input) => NEVER_SHIPPED.some((folder) => input.startsWith(folder)));
	if (local.length > 0) {
		throw new Error(
			`the bundle of ${functionName} must not hold ${local.join(", ")}: that runs on a developer's machine only`,
		);
	}
	const packages = new Set(inputs.map(packageOf));
	const needless = NEVER_NEEDED.filter((name) => packages.has(name));
	if (needless.length > 0) {
		throw new Error(
			`the bundle of ${functionName} must not hold ${needless.join(", ")}: no function needs that (tools/bundle/trim)`,
		);
	}
}

export interface Part {
	/** A package, or `own code`. */
	readonly name: string;
	readonly bytes: number;
}

/** What a bundle is made of, the largest part first. What short names save is shared out evenly. */
export function partsOf(output: Metafile["outputs"][string], bundleBytes: number): Part[] {
	const share = bundleBytes / output.bytes;
	const bytesOf = new Map<string, number>();
	for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
		const name = packageOf(input);
		bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytesInOutput);
	}
	return [...bytesOf]
		.map(([name, bytes]) => ({ name, bytes: Math.floor(bytes * share) }))
		.sort((left, right) => right.bytes - left.bytes);
}

/** Of nested packages the innermost, whose file it is. */
function packageOf(input: string): string {
	const inside = input.split("node_modules/").at(-1) ?? "";
	if (inside === input) return "own code";
	const [scope = "", name = ""] = inside.split("/");
	return scope.startsWith("@") ? `${scope}/${name}` : scope;
}
