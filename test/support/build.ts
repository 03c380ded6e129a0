import { execFileSync } from "node:child_process";
import { build, describe } from "../../tools/build.ts";

/** Once before all tests: those against the local cloud, of the command line and of the client run the bundles. */
export async function setup(): Promise<void> {
	execFileSync(process.execPath, ["cli/build.mjs"], { stdio: "inherit" });
	console.log(describe(await build()));
}
