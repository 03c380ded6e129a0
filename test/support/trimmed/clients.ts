import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "../../../tools/bundle/options.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const PACKAGES = [
	"@alicloud/iot20180120",
	"@alicloud/openapi-client",
	"@alicloud/fc2",
	"tablestore",
];
const require = createRequire(import.meta.url);

/** The vendors' packages by name: as they are in node_modules, and as the bundles hold them. */
export interface Clients {
	readonly whole: (name: string) => unknown;
	readonly trimmed: (name: string) => unknown;
}

export async function bothClients(): Promise<Clients> {
	const folder = mkdtempSync(join(tmpdir(), "thingcast-trimmed-"));
	try {
		const outfile = join(folder, "clients.cjs");
		const contents = PACKAGES.map((name) => `exports["${name}"] = require("${name}");`).join("\n");
		const options = await bundleOptions(ROOT);
		await build({ ...options, stdin: { contents, resolveDir: ROOT }, outfile, write: true });
		const trimmed = require(outfile) as Record<string, unknown>;
		return { whole: require, trimmed: (name) => trimmed[name] };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
