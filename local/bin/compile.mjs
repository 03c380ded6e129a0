/**
 * `npm run prepare`: JavaScript and declarations of the sources in dist/, which
 * is what other projects get; it starts twice as fast as the sources.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DIST, PACKAGE, sources } from "./sources.mjs";

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

rmSync(DIST, { recursive: true, force: true });
// Wrong types are reported and end nothing: an installation must not fail for them, the checks do.
spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
	cwd: PACKAGE,
	stdio: "inherit",
});
// What instances load is CommonJS already; the compiler leaves it alone.
for (const file of sources().filter((name) => name.endsWith(".cjs"))) {
	copyFileSync(join(PACKAGE, file), join(DIST, file));
}
