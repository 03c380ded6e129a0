import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const REFUSED = [
	["shared/command", "../iot/verdict.ts"],
	["shared/command", "../table/table.ts"],
	["shared/json", "tablestore"],
	["shared/schedule", "../table/table.ts"],
	["shared/reaction", "../store/shard.ts"],
	["shared/store", "../table/tablestore/rows.ts"],
	["shared/lifecycle", "../iot/sdk-platform.ts"],
	["shared/lifecycle", "@alicloud/fc2"],
	["shared", "../local/index.ts"],
	["shared/fc", "../../functions/http/app.ts"],
	["functions/http", "../queue/handler.ts"],
	["functions/queue", "../worker/send.ts"],
	["functions/http", "../../local/account.ts"],
	["functions/timer", "tablestore"],
	["functions/worker", "../../shared/iot/sdk-platform.ts"],
	["local/fc", "../../functions/http/app.ts"],
	["local", "../test/support/world/world.ts"],
	["local", "../shared/clock.ts"],
	["shared", "../cli/run.ts"],
	["shared", "../client/src/index.ts"],
	["client/src", "../../shared/command/state.ts"],
	["client/src", "node:fs"],
	["cli", "../functions/http/app.ts"],
	["cli/deployment", "tablestore"],
	["local", "../tools/build.ts"],
	["local", "@alicloud/fc2"],
] as const;

const ALLOWED = [
	["cli", "../client/src/index.ts"],
	["cli/words", "../../shared/iot/verdict.ts"],
	["shared/schedule", "croner"],
	["shared/lifecycle", "../store/shard.ts"],
	["functions/worker", "../../shared/command/state.ts"],
	["local/test/contract", "tablestore"],
] as const;

const BIOME = resolve("node_modules/.bin/biome");

describe("the folder boundaries", () => {
	const project = mkdtempSync(join(tmpdir(), "thingcast-boundaries-"));
	let refused: Set<string>;
	const fileOf = (folder: string, index: number) => `${folder}/case-${index}.ts`;

	beforeAll(() => {
		copyFileSync("biome.json", join(project, "biome.json"));
		for (const [index, [folder, specifier]] of [...REFUSED, ...ALLOWED].entries()) {
			const file = join(project, fileOf(folder, index));
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, `import ${JSON.stringify(specifier)};\n`);
		}
		const { stdout } = spawnSync(
			BIOME,
			["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none"],
			{ cwd: project, encoding: "utf8" },
		);
		const { diagnostics } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
			diagnostics: Array<{ category: string; location: { path: unknown } }>;
		};
		refused = new Set(
			diagnostics
				.filter(({ category }) => category === "lint/style/noRestrictedImports")
				.map(({ location }) => JSON.stringify(location.path)),
		);
	});
	afterAll(() => rmSync(project, { recursive: true }));

	const isRefused = (file: string) => [...refused].some((path) => path.includes(file));

	it.each(REFUSED.map(([folder, specifier], index) => ({ folder, specifier, index })))(
		"refuse $folder to import $specifier",
		({ folder, index }) => {
			expect(isRefused(fileOf(folder, index))).toBe(true);
		},
	);

	it.each(ALLOWED.map(([folder, specifier], index) => ({ folder, specifier, index })))(
		"let $folder import $specifier",
		({ folder, index }) => {
			expect(isRefused(fileOf(folder, REFUSED.length + index))).toBe(false);
		},
	);
});
