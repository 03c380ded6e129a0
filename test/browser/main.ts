/** `npm run test:browser`: the console in a real Chromium, against the local cloud. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findChromium } from "./support/chromium.ts";

const HOW_TO_GET_ONE = `There is no Chromium on this machine. Get one, and run this again:
  Debian, Ubuntu  apt-get update && apt-get install -y chromium
  Fedora          dnf install chromium
  macOS           brew install --cask chromium
or name another browser of its kind: CHROMIUM=/path/to/chrome npm run test:browser`;

const chromium = findChromium();
if (!chromium) {
	console.error(HOW_TO_GET_ONE);
	process.exit(1);
}
console.log(`Chromium: ${chromium}`);
const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
const config = join(import.meta.dirname, "vitest.config.ts");
const args = [vitest, "run", "--config", config, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, {
	stdio: "inherit",
	env: { ...process.env, CHROMIUM: chromium },
});
process.exit(status ?? 1);
