import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Builder, createBuilder } from "../../tools/build.ts";
import { rebuildOnChange } from "../../tools/rebuild.ts";

let root: string;
let builder: Builder;
let end: () => void;
let lines: string[];
let onLine: () => void;

function write(path: string, text: string): void {
	const file = join(root, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
}

const bundle = (name: string) => join(root, "dist", name, "index.js");
const answering = (text: string) => `export const handler = () => ${JSON.stringify(text)};\n`;

/** Resolves with the next line that it says after the change. */
function afterChange(change: () => void): Promise<string | undefined> {
	return new Promise((resolve) => {
		onLine = () => resolve(lines.at(-1));
		change();
	});
}

beforeEach(async () => {
	root = mkdtempSync(join(tmpdir(), "thingcast-rebuild-"));
	write("functions/web/index.ts", 'export { handler } from "../../shared/answer.ts";');
	write("functions/other/index.ts", answering("other"));
	write("shared/answer.ts", answering("one"));
	lines = [];
	onLine = () => {};
	builder = await createBuilder({ root, outDir: join(root, "dist") });
	await builder.build();
	end = rebuildOnChange(builder, root, (line) => {
		lines.push(line);
		onLine();
	});
});
afterEach(async () => {
	end();
	await builder.dispose();
	rmSync(root, { recursive: true });
});

describe("a change of the sources", () => {
	it("is built, and leaves the bundles alone that it does not concern", async () => {
		const other = statSync(bundle("other")).mtimeMs;
		expect(await afterChange(() => write("shared/answer.ts", answering("two")))).toMatch(/^built/);
		expect(readFileSync(bundle("web"), "utf8")).toContain('"two"');
		expect(statSync(bundle("other")).mtimeMs).toBe(other);
	});

	it("that is wrong leaves the bundle as it was, until it is corrected", async () => {
		const before = readFileSync(bundle("web"), "utf8");
		const wrong = () => write("shared/answer.ts", 'export const handler = "');
		expect(await afterChange(wrong)).toMatch(/^not built/);
		expect(readFileSync(bundle("web"), "utf8")).toBe(before);
		const right = () => write("shared/answer.ts", answering("three"));
		expect(await afterChange(right)).toMatch(/^built/);
		expect(readFileSync(bundle("web"), "utf8")).toContain('"three"');
	});
});
