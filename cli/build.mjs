// `npm run prepare`, which `npm ci` runs: bundles the command line and the client.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** One entry that every start loads, and a chunk for each command beside it. */
const cli = {
	entryPoints: ["cli/main.ts"],
	outdir: "dist/cli",
	platform: "node",
	splitting: true,
	chunkNames: "[name]-[hash]",
	// What setup and doctor need of the vendor's SDK stays in node_modules.
	external: ["tablestore"],
	banner: {
		// Bundled CommonJS packages call it for Node's own modules.
		js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
	},
};
const client = {
	entryPoints: ["client/src/index.ts"],
	outdir: "client/dist",
	platform: "neutral",
	target: ["node20", "chrome116", "firefox124", "safari17.4"],
};

for (const options of [cli, client]) {
	rmSync(`${root}/${options.outdir}`, { recursive: true, force: true });
	await build({
		absWorkingDir: root,
		bundle: true,
		format: "esm",
		target: "node20",
		minify: true,
		legalComments: "none",
		logLevel: "warning",
		...options,
	});
}
