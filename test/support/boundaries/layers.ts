/** What of npm a layer may use: by name, what its package ships, that without the vendor's SDKs, or all. */
type Packages = readonly string[] | "product" | "product without SDKs" | "local cloud" | "any";

export interface Layer {
	readonly files: RegExp;
	/** The layers that its files may reach, through however many imports; itself always. */
	readonly reaches: readonly string[];
	readonly packages: Packages;
}

const TYPES = ["zod", "ulid", "lossless-json"];
const PORTS = ["core", "rules", "ports"];
const SHARED = [...PORTS, "stores", "adapters"];
const EVERYTHING = [
	...SHARED,
	"composition",
	"functions",
	"entries",
	"documents",
	"tools",
	"client",
	"console",
	"console server",
	"words",
	"command line",
	"manifest",
	"local cloud",
	"local tests",
];

/** Who may import whom. A file belongs to the first line that fits; functions reach no other function. */
export const LAYERS: Readonly<Record<string, Layer>> = Object.fromEntries(
	(
		[
			["core", /^shared\/((command|json|retry|batch)\/|clock|ids|zod)/, [], [...TYPES, "p-retry"]],
			["rules", /^shared\/(schedule|reaction|key|job|registry)\//, ["core"], [...TYPES, "croner"]],
			["adapters", /^shared\/(table\/tablestore\/|iot\/sdk-|fc\/fc2)/, PORTS, "product"],
			["composition", /^shared\/compose\.ts$/, SHARED, "product"],
			["ports", /^shared\/((table|iot|fc)\/|[a-z-]+\.ts$)/, ["core"], "product without SDKs"],
			["stores", /^shared\//, PORTS, "product without SDKs"],
			[
				"entries",
				/^functions\/[a-z-]+\/index\.ts$/,
				[...SHARED, "composition", "functions"],
				"product",
			],
			["functions", /^functions\//, [...PORTS, "stores"], "product without SDKs"],
			["manifest", /^package\.json$/, [], []],
			["client", /^client\/src\//, [], []],
			["client tests", /^client\/test\//, ["client", "support"], "any"],
			["console", /^console\/app\//, [...PORTS, "client", "words"], ["preact", "uplot", ...TYPES]],
			["console server", /^console\//, SHARED, ["esbuild"]],
			// What the command line and the console say alike.
			[
				"words",
				/^cli\/(words\/(story|attempt|advice|device)|output\/time)\.ts$/,
				[...PORTS, "client"],
				TYPES,
			],
			[
				"command line",
				/^cli\//,
				[...SHARED, "client", "words", "console server", "tools", "manifest"],
				"any",
			],
			["local tests", /^local\/test\//, ["local cloud"], "any"],
			["local cloud", /^local\//, [], "local cloud"],
			["documents", /^tools\/docs\.ts$/, [...SHARED, "functions"], "any"],
			["tools", /^tools\//, [...SHARED, "console server", "local cloud"], "any"],
			["support", /^test\/support\//, EVERYTHING, "any"],
			["tests", /^test\//, [...EVERYTHING, "support"], "any"],
			["benchmarks", /^bench\//, [...EVERYTHING, "support"], "any"],
		] as const
	).map(([name, files, reaches, packages]) => [name, { files, reaches, packages }]),
);
