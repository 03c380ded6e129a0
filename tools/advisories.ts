/**
 * `npm run advisories [-- --write]`: what of others is in the bundles, in which
 * version, how old, why, and whether an advisory is known. Needs no network:
 * what the registry does not answer is said to be not known. With `--write` the
 * table in docs/security.md is made anew.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type BundledPackage, bundledPackages, REASONS } from "./bundle/packages.ts";

const PROJECT = resolve(import.meta.dirname, "..");
const DOCUMENT = join(PROJECT, "docs/security.md");
const BEGIN = "<!-- Packages: written by npm run advisories -- --write -->\n";
const END = "<!-- End of the packages -->\n";
const PATIENCE_MS = 20_000;
const NOT_KNOWN = "not known";

const run = promisify(execFile);
const npm = async (...args: string[]): Promise<unknown> => {
	const { stdout } = await run("npm", [...args, "--json"], { timeout: PATIENCE_MS, cwd: PROJECT });
	return JSON.parse(stdout);
};

interface Released {
	readonly released: string;
	readonly newest: string;
}

/** When this version came out, and which one is the newest now. */
async function releasesOf({ name, version }: BundledPackage): Promise<Released> {
	try {
		const found = (await npm("view", name, "time", "dist-tags.latest")) as {
			readonly time: Readonly<Record<string, string>>;
			readonly "dist-tags.latest": string;
		};
		const { time, "dist-tags.latest": newest } = found;
		const day = (of: string) => time[of]?.slice(0, 10) ?? NOT_KNOWN;
		return { released: day(version), newest: `${newest}, ${day(newest)}` };
	} catch {
		return { released: NOT_KNOWN, newest: NOT_KNOWN };
	}
}

/** What the registry knows against these packages: a line each; undefined: it does not say. */
async function advisories(): Promise<string[] | undefined> {
	try {
		const report = await npm("audit", "--omit=dev").catch((error: { stdout?: string }) =>
			// It also fails where it has found something.
			JSON.parse(error.stdout ?? ""),
		);
		const { vulnerabilities } = report as { vulnerabilities: Readonly<Record<string, object>> };
		return Object.entries(vulnerabilities).map(([name, one]) => `${name}: ${JSON.stringify(one)}`);
	} catch {
		return undefined;
	}
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

async function table(packages: readonly BundledPackage[]): Promise<string> {
	const lines: string[] = [];
	for (const one of packages) {
		const { released, newest } = await releasesOf(one);
		const { name, version, functions } = one;
		const cells = [name, version, released, newest, functions.join(", "), REASONS[name] ?? ""];
		lines.push(row(cells));
	}
	const head = row(["package", "version", "released", "newest", "in", "why"]);
	return [head, "|---|---|---|---|---|---|", ...lines, ""].join("\n");
}

async function main(): Promise<void> {
	const packages = await bundledPackages(PROJECT);
	const nameless = packages.filter(({ name }) => REASONS[name] === undefined);
	if (nameless.length > 0) {
		const names = nameless.map(({ name }) => name).join(", ");
		throw new Error(`no reason is given for ${names} (tools/bundle/packages.ts)`);
	}
	const text = await table(packages);
	console.log(text);
	const known = await advisories();
	const unasked =
		"The registry says nothing of advisories: run `npm audit --omit=dev` where it does";
	console.log(known ? `${known.length} advisories\n${known.join("\n")}` : unasked);
	if (process.argv.includes("--write")) {
		const [before, rest] = readFileSync(DOCUMENT, "utf8").split(BEGIN);
		writeFileSync(DOCUMENT, `${before}${BEGIN}${text}${END}${rest?.split(END)[1]}`);
	}
	if (known && known.length > 0) process.exitCode = 1;
}

await main();
