import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, readSources } from "../support/boundaries/imports.ts";
import { violations } from "../support/boundaries/violations.ts";

const PROJECT = join(import.meta.dirname, "../..");
const FOLDERS = [
	"functions",
	"shared",
	"local",
	"tools",
	"test",
	"bench",
	"client",
	"console",
	"cli",
];

function dependenciesOf(file: string): string[] {
	const text = readFileSync(join(PROJECT, file), "utf8");
	return Object.keys((JSON.parse(text) as { dependencies: object }).dependencies);
}

const SHIPPED = {
	product: dependenciesOf("package.json"),
	local: dependenciesOf("local/package.json"),
};

const imports = importsOf(readSources(PROJECT, FOLDERS));

/** What the project would do wrong if this file imported that as well. */
function withImport(file: string, specifier: string): string[] {
	const added = importsOf(new Map([[file, `import type { It } from "${specifier}";`]]));
	const all = [...(imports.get(file) ?? []), ...(added.get(file) ?? [])];
	return violations(new Map(imports).set(file, all), SHIPPED);
}

describe("the imports of the project", () => {
	it("go in the allowed directions, those of what is imported included", () => {
		expect(imports.size).toBeGreaterThan(300);
		expect(violations(imports, SHIPPED)).toEqual([]);
	});

	it.each([
		["shared/command/command.ts", "../iot/verdict.ts"],
		["shared/command/command.ts", "../table/table.ts"],
		["shared/command/command.ts", "../schedule/schedule.ts"],
		["shared/json/exact.ts", "tablestore"],
		["shared/schedule/plan.ts", "../table/table.ts"],
		["shared/reaction/rule.ts", "../store/shard.ts"],
		["shared/store/shard.ts", "../table/tablestore/rows.ts"],
		["shared/lifecycle/accept.ts", "../iot/sdk-platform.ts"],
		["shared/lifecycle/accept.ts", "@alicloud/fc2"],
		["shared/log.ts", "../local/cloud.ts"],
		["shared/log.ts", "esbuild"],
		["shared/fc/context.ts", "../../functions/http/app.ts"],
		["functions/http/app.ts", "../queue/handler.ts"],
		["functions/http/index.ts", "../queue/handler.ts"],
		["functions/queue/handler.ts", "../worker/send.ts"],
		["functions/http/app.ts", "../../local/account.ts"],
		["functions/timer/handler.ts", "tablestore"],
		["functions/worker/handler.ts", "../../shared/iot/sdk-platform.ts"],
		["local/fc/index.ts", "../../functions/http/app.ts"],
		["local/cloud.ts", "../test/support/world/world.ts"],
		["local/cloud.ts", "../shared/clock.ts"],
		["local/cloud.ts", "../tools/build.ts"],
		["local/cloud.ts", "@alicloud/fc2"],
		["local/test/unit/options.test.ts", "../../../shared/clock.ts"],
		["test/support/random.ts", "../../bench/report.ts"],
		["bench/report.ts", "../test/unit/state.test.ts"],
		["console/app/main.tsx", "../server/serve.ts"],
		["console/app/main.tsx", "../../shared/store/shard.ts"],
		["console/server/serve.ts", "../../cli/io.ts"],
	])("would not if %s imported %s", (file, specifier) => {
		expect(imports.has(file)).toBe(true);
		const wrong = withImport(file, specifier);
		expect(wrong.length).toBeGreaterThan(0);
		for (const chain of wrong) expect(chain).toContain(file);
	});

	it.each([
		["shared/schedule/zone.ts", "croner"],
		["shared/lifecycle/accept.ts", "../store/shard.ts"],
		["functions/worker/handler.ts", "../../shared/command/state.ts"],
		["functions/worker/index.ts", "../../shared/iot/sdk-platform.ts"],
		["tools/cloud.ts", "../local/index.ts"],
		["local/test/unit/options.test.ts", "tablestore"],
		["bench/report.ts", "../test/support/random.ts"],
	])("still do if %s imports %s", (file, specifier) => {
		expect(imports.has(file)).toBe(true);
		expect(withImport(file, specifier)).toEqual([]);
	});

	it("are followed through other files, and shown as a chain", () => {
		const chained = importsOf(
			new Map([
				["shared/command/a.ts", 'export * from "../json/b.ts";'],
				["shared/json/b.ts", 'const c = await import("./c.ts");'],
				["shared/json/c.ts", 'import {\n\ttype D,\n} from "@alicloud/fc2/lib/d.js";'],
			]),
		);
		expect(violations(chained, SHIPPED)).toContain(
			"shared/command/a.ts → shared/json/b.ts → shared/json/c.ts → npm:@alicloud/fc2",
		);
	});

	it("know no folder without rules", () => {
		const strange = importsOf(
			new Map([
				["more/a.ts", 'import "./b.ts";'],
				["more/b.ts", ""],
			]),
		);
		expect(() => violations(strange, SHIPPED)).toThrow(/more\/a\.ts belongs to no line/);
	});
});
