import { build, describe } from "../../tools/build.ts";

/** Once before all tests: those against the local cloud run the bundles. */
export async function setup(): Promise<void> {
	console.log(describe(await build()));
}
