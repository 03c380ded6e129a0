import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStack } from "../../local/stack/index.ts";
import { SCHEMA, TABLE_NAMES } from "../../shared/table/schema.ts";
import type { TableName } from "../../shared/table/table.ts";
import { chainsFrom, importsOf, readSources } from "../support/boundaries/imports.ts";

const PROJECT = join(import.meta.dirname, "../..");
const ACCOUNT_ID = "1234567890123456";
const FUNCTIONS = ["http", "timer", "queue", "worker"] as const;
type FunctionName = (typeof FUNCTIONS)[number];

interface Statement {
	readonly Effect: string;
	readonly Action: string | readonly string[];
	readonly Resource: string | readonly string[];
}

const read = (name: string) =>
	JSON.parse(
		readFileSync(join(PROJECT, "docs", name), "utf8").replaceAll("ACCOUNT_ID", ACCOUNT_ID),
	) as unknown;
const list = (value: string | readonly string[]) => (typeof value === "string" ? [value] : value);
const statementsOf = (name: FunctionName) =>
	(read(`ram-policy-${name}.json`) as { Statement: readonly Statement[] }).Statement;
const actionsOf = (name: FunctionName, service: string) =>
	statementsOf(name)
		.flatMap(({ Action }) => list(Action))
		.filter((action) => action.startsWith(`${service}:`))
		.map((action) => action.slice(service.length + 1))
		.sort();
const resourcesOf = (name: FunctionName, action: string) =>
	statementsOf(name)
		.filter(({ Action }) => list(Action).includes(action))
		.flatMap(({ Resource }) => list(Resource));

const sources = readSources(PROJECT, ["functions", "shared"]);
const imports = importsOf(sources);
/** They hand every function every store; which ones it uses is said by the types of its own files. */
const HANDED_TO_ALL = ["shared/compose.ts", "shared/store/stores.ts"];

/** The files of a function, with what they import. */
function filesOf(name: FunctionName): string[] {
	const kept = new Map(imports);
	for (const file of HANDED_TO_ALL) kept.set(file, []);
	return chainsFrom(`functions/${name}/index.ts`, kept).map((chain) => chain.at(-1) ?? "");
}

/** The tables that a store of the function names. */
function tablesOf(name: FunctionName): TableName[] {
	const text = filesOf(name)
		.filter((file) => /-store\.ts$/.test(file))
		.map((file) => sources.get(file))
		.join();
	return TABLE_NAMES.filter((table) => text.includes(`"${table}"`));
}

/** Every call of a vendor's client in a folder, as the name of its API. */
function callsIn(folder: string, pattern: RegExp): string[] {
	const text = [...sources].filter(([file]) => file.startsWith(folder)).map(([, one]) => one);
	const names = [...text.join("\n").matchAll(pattern)].map(([, name = ""]) => name);
	return [...new Set(names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)))].sort();
}

describe("the policies of the functions' roles", () => {
	const { functions } = readStack(join(PROJECT, "s.yaml"), {
		env: { API_KEYS: "key-of-at-least-16-characters" },
		accountId: ACCOUNT_ID,
		region: "cn-shanghai",
	});

	it("are one for each function of s.yaml", () => {
		const files = readdirSync(join(PROJECT, "docs")).filter((file) => /^ram-policy/.test(file));
		const names = functions.map(({ resource }) => resource);
		expect(files.sort()).toEqual(names.map((name) => `ram-policy-${name}.json`).sort());
		const text = readFileSync(join(PROJECT, "s.yaml"), "utf8");
		for (const name of names) expect(text).toContain(`role: \${vars.roles}-${name}\n`);
	});

	it("have the actions of IoT Platform that the code calls, each where it is needed", () => {
		const called = callsIn("shared/iot/", /client\.(\w+)WithOptions\(/g);
		expect(called).toContain("InvokeThingService");
		const allowed = new Set(FUNCTIONS.flatMap((name) => actionsOf(name, "iot")));
		expect([...allowed].sort()).toEqual(called);
		expect(actionsOf("worker", "iot")).toContain("InvokeThingService");
		// Nobody sends to devices past the quota and the record.
		for (const name of ["http", "timer", "queue"] as const) {
			expect(actionsOf(name, "iot")).not.toContain("InvokeThingService");
		}
	});

	it.each(FUNCTIONS)("let %s reach the tables that its code uses, with their indexes", (name) => {
		const called = callsIn("shared/table/", /client\.(\w+(?:Row|Range))\(/g);
		expect(called).toContain("PutRow");
		expect(actionsOf(name, "ots")).toEqual(called);
		const prefix = `acs:ots:cn-shanghai:${ACCOUNT_ID}:instance/thingcast/table/`;
		const wanted = tablesOf(name).flatMap((table) => [
			table,
			...Object.keys(SCHEMA[table].indexes),
		]);
		expect(wanted).toContain("commands_due");
		expect([...resourcesOf(name, "ots:PutRow")].sort()).toEqual(
			wanted.map((table) => prefix + table).sort(),
		);
	});

	it("let only http read keys and write the audit", () => {
		for (const name of FUNCTIONS) {
			const tables = resourcesOf(name, "ots:PutRow").join();
			expect(/table\/(keys|audit)\b/.test(tables)).toBe(name === "http");
		}
	});

	it("reach the worker and the failures queue of s.yaml, and nothing wider", () => {
		const worker = functions.find(({ resource }) => resource === "worker");
		const arn = `acs:fc:cn-shanghai:${ACCOUNT_ID}:functions/${worker?.functionName}`;
		for (const name of FUNCTIONS) {
			expect(resourcesOf(name, "fc:InvokeFunction")).toEqual([arn, `${arn}/*`]);
		}
		const failures = worker?.async.onFailure;
		expect(failures?.type).toBe("queue");
		expect(resourcesOf("worker", "mns:SendMessage")).toEqual([
			`acs:mns:cn-shanghai:${ACCOUNT_ID}:/queues/${failures?.type === "queue" && failures.queue}/messages`,
		]);
	});

	it.each(FUNCTIONS)("allow %s by name, without a wildcard among the actions", (name) => {
		for (const { Effect, Action, Resource } of statementsOf(name)) {
			expect(Effect).toBe("Allow");
			for (const action of list(Action)) expect(action).toMatch(/^[a-z]+:[A-Z]\w+$/);
			// IoT Platform knows no resources.
			if (list(Resource).includes("*")) expect(list(Action).join()).toMatch(/^iot:/);
		}
	});

	it("are taken by Function Compute for this account alone", () => {
		expect(read("ram-trust-policy.json")).toMatchObject({
			Statement: [
				{
					Action: "sts:AssumeRole",
					Principal: { Service: ["fc.aliyuncs.com"] },
					Condition: { StringEquals: { "acs:SourceAccount": [ACCOUNT_ID] } },
				},
			],
		});
	});
});
