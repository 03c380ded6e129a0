import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions, functionNames } from "./options.ts";

/** Why each package is in a bundle; one that is not here may be in none. */
export const REASONS: Readonly<Record<string, string>> = {
	"@alicloud/credentials": "comes with openapi-client",
	"@alicloud/endpoint-util": "comes with iot20180120",
	"@alicloud/fc2": "invokes the worker",
	"@alicloud/iot20180120": "IoT Platform's own client; only the operations that are used",
	"@alicloud/openapi-client": "transport and signature of iot20180120",
	"@alicloud/openapi-util": "comes with openapi-client",
	"@alicloud/tea-typescript": "comes with openapi-client",
	"@alicloud/tea-util": "comes with openapi-client",
	"@hono/node-server": "serves the HTTP API",
	"@protobufjs/aspromise": "comes with protobufjs",
	"@protobufjs/base64": "comes with protobufjs",
	"@protobufjs/eventemitter": "comes with protobufjs",
	"@protobufjs/float": "comes with protobufjs",
	"@protobufjs/pool": "comes with protobufjs",
	"@protobufjs/utf8": "comes with protobufjs",
	croner: "cron patterns",
	hono: "routes of the HTTP API",
	httpx: "comes with fc2 and tea-typescript",
	"int64-buffer": "comes with tablestore",
	"is-network-error": "comes with p-retry",
	kitx: "comes with openapi-client",
	"lossless-json": "numbers with every digit",
	"p-limit": "limits what is under way at once",
	"p-retry": "retries",
	protobufjs: "comes with tablestore",
	tablestore: "Tablestore's own client",
	ulid: "ids",
	"yocto-queue": "comes with p-limit",
	zod: "schemas at the edge and of stored documents",
};

export interface BundledPackage {
	readonly name: string;
	readonly version: string;
	/** Functions whose bundle has something of it. */
	readonly functions: readonly string[];
}

/** Every package of which a bundle holds something, in the version that it is of. */
export async function bundledPackages(root: string): Promise<BundledPackage[]> {
	const found = new Map<string, { name: string; version: string; functions: Set<string> }>();
	const { metafile } = await build({
		...(await bundleOptions(root)),
		entryPoints: functionNames(root).map((name) => `./functions/${name}/index.ts`),
		outdir: join(root, "dist"),
		metafile: true,
	});
	for (const { entryPoint = "", inputs } of Object.values(metafile.outputs)) {
		const functionName = entryPoint.split("/")[1] ?? "";
		for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
			const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
			if (folder === undefined || bytesInOutput === 0) continue;
			const { name, version } = JSON.parse(
				readFileSync(join(root, folder, "package.json"), "utf8"),
			) as { name: string; version: string };
			const known = found.get(folder) ?? { name, version, functions: new Set() };
			found.set(folder, known);
			known.functions.add(functionName);
		}
	}
	return [...found.values()]
		.map((one) => ({ ...one, functions: [...one.functions].sort() }))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}
