import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type BundledPackage, bundledPackages, REASONS } from "../../tools/bundle/packages.ts";

describe("packages in the bundles", () => {
	let packages: readonly BundledPackage[];
	beforeAll(async () => {
		packages = await bundledPackages(resolve("."));
	});

	it("are there for a reason each, and no reason is left over", () => {
		const names = new Set(packages.map(({ name }) => name));
		expect([...names].sort()).toEqual(Object.keys(REASONS).sort());
	});

	it("stand in docs/security.md in the version that is bundled", () => {
		const document = readFileSync("docs/security.md", "utf8");
		for (const { name, version } of packages)
			expect(document).toContain(`| ${name} | ${version} |`);
	});
});
