import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CONSOLE } from "../../console/built.ts";

const MAX_GZIP_BYTES = 60_000;

describe("the console's files", () => {
	const files = readdirSync(CONSOLE).map((name) => ({
		name,
		text: readFileSync(join(CONSOLE, name)),
	}));
	const page = readFileSync(join(CONSOLE, "index.html"), "utf8");

	it("weigh 60 KB at most, gzipped", () => {
		const sizes = files.map(
			({ name, text }) => [name, gzipSync(text, { level: 9 }).length] as const,
		);
		console.log(sizes.map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)} KB`).join(", "));
		expect(sizes.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThanOrEqual(MAX_GZIP_BYTES);
	});

	it("are beside the function http as well", () => {
		expect(readdirSync("dist/http/console").sort()).toEqual(files.map(({ name }) => name).sort());
	});

	it("hold nothing inline, and name nothing from elsewhere", () => {
		expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
		expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
		for (const { name, text } of files) {
			const addresses = String(text).match(/\bhttps?:\/\/[\w.-]+/g) ?? [];
			const strange = addresses.filter((one) => !one.startsWith("http://www.w3.org"));
			expect(strange, name).toEqual([]);
		}
	});

	it("are named by what is in them, and all that the page names is there", () => {
		const named = [...page.matchAll(/(?:src|href)="([\w.-]+)"/g)].map(([, name]) => name);
		expect(named).toHaveLength(2);
		for (const name of named) {
			expect(name).toMatch(/-[A-Z0-9]{8}\.(js|css)$/);
			expect(files.map((file) => file.name)).toContain(name);
		}
	});
});
