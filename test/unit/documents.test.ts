import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const read = (file: string) => readFileSync(file, "utf8");
const inFolder = (folder: string) =>
	readdirSync(folder).flatMap((name) => (name.endsWith(".md") ? [join(folder, name)] : []));
const DOCUMENTS = [...inFolder("."), ...inFolder("docs"), ...inFolder("local")];

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string) =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, "")
		.trim()
		.replaceAll(" ", "-");

function anchorsIn(file: string): Set<string> {
	const text = read(file);
	return new Set([
		...[...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)),
		...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id),
	]);
}

describe("the documents", () => {
	it.each(DOCUMENTS)("%s links to what there is", (file) => {
		const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
		for (const link of links.filter((one) => !/^https?:/.test(one))) {
			const [path = "", anchor] = link.split("#");
			const target = path === "" ? file : join(dirname(file), path);
			expect(existsSync(target), link).toBe(true);
			if (anchor) expect([...anchorsIn(target)], link).toContain(anchor);
		}
	});

	it("README names every setting that the functions and s.yaml read", () => {
		const settings = read("README.md").split("## Settings")[1] ?? "";
		const ofFunctions = [...read("shared/config.ts").matchAll(/^\t([A-Z][A-Z_]+): /gm)];
		const ofStack = [...read("s.yaml").matchAll(/env\('([A-Z_]+)'/g)];
		const names = [...ofFunctions, ...ofStack].map(([, name = ""]) => name);
		expect(names.length).toBeGreaterThan(30);
		for (const name of names) expect(settings, name).toContain(`\`${name}\``);
	});

	it("the newest entry of the changelog is the version of the packages", () => {
		const [, version] = /^## (\S+)$/m.exec(read("CHANGELOG.md")) ?? [];
		for (const folder of [".", "cli", "client", "console"]) {
			const manifest = JSON.parse(read(join(folder, "package.json"))) as { version: string };
			expect(manifest.version, folder).toBe(version);
		}
		const [, local] = /^## (\S+)$/m.exec(read("local/CHANGELOG.md")) ?? [];
		expect((JSON.parse(read("local/package.json")) as { version: string }).version).toBe(local);
	});

	it("s.yaml pins the component that deploys it", () => {
		const components = [...read("s.yaml").matchAll(/component: (\S+)/g)].map(([, name]) => name);
		expect(new Set(components).size).toBe(1);
		expect(components[0]).toMatch(/^fc3@\d+\.\d+\.\d+$/);
	});

	it("git ignores files that hold secrets", () => {
		expect(read(".gitignore").split("\n")).toContain(".env");
	});
});
