import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, build } from "../../tools/build.ts";
import { loadBundle, loadScript } from "../support/load/first-answer.ts";
import later from "../support/oldest-node/later-names.json" with { type: "json" };

/** A real Node.js 20.10.0 if there is one; else this one without what came later. */
const NODE = process.env["NODE_20_10"]
	? [process.env["NODE_20_10"]]
	: [
			process.execPath,
			"--require",
			join(import.meta.dirname, "../support/oldest-node/preload.cjs"),
		];
/** Names that too many other things have, or that are asked for before they are used. */
const COMMON = [
	"CloseEvent",
	"Iterator",
	"Storage",
	"bytes",
	"diff",
	"hash",
	"parse",
	"ref",
	"unref",
	"try",
	"union",
	"escape",
];

/** Custom runtimes of Function Compute bring Node.js 20.10.0. */
describe("on Node.js 20.10.0", () => {
	const temporary = mkdtempSync(join(tmpdir(), "thingcast-oldest-"));
	let bundles: Bundle[] = [];
	beforeAll(async () => {
		bundles = await build({ outDir: temporary });
	});
	afterAll(() => rmSync(temporary, { recursive: true, force: true }));

	it("later functions are not there", async () => {
		await expect(loadScript('require("crypto").hash("md5", "")', NODE)).rejects.toThrow(
			"ended with 1",
		);
		await expect(loadScript("process.getBuiltinModule('fs')", NODE)).rejects.toThrow(
			"ended with 1",
		);
	});

	it.each(["http", "queue", "timer", "worker"])("the bundle of %s starts", async (name) => {
		const bundle = bundles.find(({ functionName }) => functionName === name);
		const { ms } = await loadBundle(join(bundle?.folder ?? "", "index.js"), NODE);
		expect(ms).toBeGreaterThan(0);
	});

	it("no bundle mentions what came later", () => {
		const names = Object.values(later)
			.flat()
			.filter((name) => !COMMON.includes(name));
		const mention = new RegExp(
			`\\.(?:${names.join("|")})\\b|\\bnew (?:WebSocket|EventSource)\\b`,
			"g",
		);
		for (const { folder, functionName } of bundles) {
			const found = readFileSync(join(folder, "index.js"), "utf8").match(mention) ?? [];
			expect({ functionName, found }).toEqual({ functionName, found: [] });
		}
	});
});
