import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const COMPILE = fileURLToPath(new URL("../../bin/compile.mjs", import.meta.url));

/** Once before all tests: what starts the command starts what other projects get. */
export function setup(): void {
	execFileSync(process.execPath, [COMPILE, "--if-needed"], { stdio: "inherit" });
}
