#!/usr/bin/env node
// The command line is bundled by `npm ci` (the script "prepare"), so that it starts fast.
try {
	await import("../dist/cli/main.js");
} catch (error) {
	if (error.code !== "ERR_MODULE_NOT_FOUND" || !error.message.includes("dist/cli/main.js"))
		throw error;
	console.error(
		"thingcast: the command line is not built yet: run `npm run prepare` in its folder",
	);
	process.exitCode = 2;
}
