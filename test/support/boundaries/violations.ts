import { chainsFrom, type Imports } from "./imports.ts";
import { LAYERS, type Layer } from "./layers.ts";

/** The packages that are installed where only the product, or only the local cloud, runs. */
export interface Shipped {
	readonly product: readonly string[];
	readonly local: readonly string[];
}

const SDK = /^(@alicloud\/|tablestore$)/;

/** The chains of imports that lead to where they must not, `a → b → c` each. */
export function violations(imports: Imports, shipped: Shipped): string[] {
	return [...imports.keys()].flatMap((file) =>
		chainsFrom(file, imports)
			.filter((chain) => !mayReach(file, chain.at(-1) ?? "", shipped))
			.map((chain) => chain.join(" → ")),
	);
}

function mayReach(file: string, reached: string, shipped: Shipped): boolean {
	const [name, layer] = layerOf(file);
	if (reached.startsWith("npm:")) return mayUse(layer, reached.slice("npm:".length), shipped);
	const [other] = layerOf(reached);
	if (name !== other && !layer.reaches.includes(other)) return false;
	const [own, its] = [functionOf(file), functionOf(reached)];
	return own === undefined || its === undefined || own === its;
}

function mayUse({ packages }: Layer, name: string, { product, local }: Shipped): boolean {
	switch (packages) {
		case "any":
			return true;
		case "product":
			return product.includes(name);
		case "product without SDKs":
			return product.includes(name) && !SDK.test(name);
		case "local cloud":
			return local.includes(name);
		default:
			return packages.includes(name);
	}
}

const known = new Map<string, [string, Layer]>();

function layerOf(file: string): [string, Layer] {
	const found = known.get(file) ?? Object.entries(LAYERS).find(([, { files }]) => files.test(file));
	if (!found) throw new Error(`${file} belongs to no line of test/support/boundaries/layers.ts`);
	known.set(file, found);
	return found;
}

const functionOf = (file: string) => /^functions\/([^/]+)\//.exec(file)?.[1];
