import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const ELSEWHERE = [
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that CHROMIUM names, or the first one that is found. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
	const named = env["CHROMIUM"];
	if (named) return existsSync(named) ? named : undefined;
	const folders = (env["PATH"] ?? "").split(delimiter).filter(Boolean);
	const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
	return [...found, ...ELSEWHERE].find((path) => existsSync(path));
}
