// `npm run prepare`, which `npm ci` runs: bundles the command line, the client and the console.
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** One entry that every start loads, and a chunk for each command beside it. */
const CLI = {
	entryPoints: ["cli/main.ts"],
	outdir: "dist/cli",
	platform: "node",
	target: "node20",
	splitting: true,
	chunkNames: "[name]-[hash]",
	// What setup and doctor need of the vendor's SDK stays in node_modules.
	external: ["tablestore", "@alicloud/mns", "@alicloud/openapi-client"],
	// Bundled CommonJS packages call it for Node's own modules.
	banner: {
		js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
	},
};
const CLIENT = {
	entryPoints: ["client/src/index.ts"],
	outdir: "client/dist",
	platform: "neutral",
	target: ["node20", "chrome116", "firefox124", "safari17.4"],
};

async function bundle(esbuild, options) {
	const { metafile } = await esbuild.build({
		absWorkingDir: ROOT,
		bundle: true,
		format: "esm",
		minify: true,
		legalComments: "none",
		metafile: true,
		logLevel: "warning",
		...options,
	});
	const written = new Set(Object.keys(metafile.outputs));
	for (const name of readdirSync(join(ROOT, options.outdir))) {
		const file = `${options.outdir}/${name}`;
		if (name.endsWith(".js") && !written.has(file)) rmSync(join(ROOT, file));
	}
}

try {
	const esbuild = await import("esbuild");
	// biome-ignore lint/correctness/useImportExtensions: its types are beside it
	const { buildConsole, CONSOLE } = await import("../console/build.mjs");
	await Promise.all([bundle(esbuild, CLI), bundle(esbuild, CLIENT), buildConsole(CONSOLE)]);
	const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
	execFileSync(process.execPath, [tsc, "-p", join(ROOT, "client")], { stdio: "inherit" });
} catch (error) {
	if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
	console.error("the command line is not bundled: that takes the devDependencies");
}
