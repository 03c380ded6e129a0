import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStack } from "../../local/stack/index.ts";

const PROJECT = join(import.meta.dirname, "../..");
const ACCOUNT_ID = "1234567890123456";

interface Statement {
	readonly Effect: string;
	readonly Action: string | readonly string[];
	readonly Resource: string | readonly string[];
}

const text = readFileSync(join(PROJECT, "docs/ram-policy.json"), "utf8");
const policy = JSON.parse(text.replaceAll("ACCOUNT_ID", ACCOUNT_ID)) as {
	readonly Version: string;
	readonly Statement: readonly Statement[];
};
const list = (value: string | readonly string[]) => (typeof value === "string" ? [value] : value);
const actionsOf = (service: string) =>
	policy.Statement.flatMap(({ Action }) => list(Action))
		.filter((action) => action.startsWith(`${service}:`))
		.map((action) => action.slice(service.length + 1))
		.sort();
const resourcesOf = (action: string) =>
	policy.Statement.filter(({ Action }) => list(Action).includes(action)).flatMap(({ Resource }) =>
		list(Resource),
	);

/** Every call of a vendor's client in a folder of the bundles, as the name of its API. */
function callsIn(folder: string, pattern: RegExp): string[] {
	const names = new Set<string>();
	for (const file of readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })) {
		if (!file.endsWith(".ts")) continue;
		for (const [, name = ""] of readFileSync(join(PROJECT, folder, file), "utf8").matchAll(
			pattern,
		)) {
			names.add(name.charAt(0).toUpperCase() + name.slice(1));
		}
	}
	return [...names].sort();
}

describe("the policy of the functions' role", () => {
	it("has the actions of IoT Platform that the code calls, and no others", () => {
		const called = callsIn("shared/iot", /client\.(\w+)WithOptions\(/g);
		expect(called).toContain("InvokeThingService");
		expect(actionsOf("iot")).toEqual(called);
	});

	it("has the actions of Tablestore that the code calls, but may not change tables", () => {
		const called = callsIn("shared/table", /client\.(\w+(?:Row|Range))\(/g);
		expect(called).toContain("PutRow");
		expect(actionsOf("ots")).toEqual(called);
	});

	it("reaches the worker and the failures queue of s.yaml, and nothing wider", () => {
		const { functions } = readStack(join(PROJECT, "s.yaml"), {
			env: { API_KEYS: "key-of-at-least-16-characters" },
			accountId: ACCOUNT_ID,
			region: "cn-shanghai",
		});
		const worker = functions.find(({ resource }) => resource === "worker");
		const arn = `acs:fc:cn-shanghai:${ACCOUNT_ID}:functions/${worker?.functionName}`;
		expect(resourcesOf("fc:InvokeFunction")).toEqual([arn, `${arn}/*`]);
		const failures = worker?.async.onFailure;
		expect(failures?.type).toBe("queue");
		expect(resourcesOf("mns:SendMessage")).toEqual([
			`acs:mns:cn-shanghai:${ACCOUNT_ID}:/queues/${failures?.type === "queue" && failures.queue}/messages`,
		]);
	});

	it("allows by name, without a wildcard among the actions", () => {
		expect(policy.Version).toBe("1");
		for (const { Effect, Action, Resource } of policy.Statement) {
			expect(Effect).toBe("Allow");
			for (const action of list(Action)) expect(action).toMatch(/^[a-z]+:[A-Z]\w+$/);
			// IoT Platform knows no resources.
			if (list(Resource).includes("*")) expect(list(Action).join()).toMatch(/^iot:/);
		}
	});
});
