import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { apiDocument, ROUTES } from "../../functions/http/document/index.ts";
import { withRoutes } from "../../tools/docs.ts";
import { DescribedApi } from "../support/api/described-api.ts";

const source = apiDocument();
const api = new DescribedApi(source);

describe("the API's document", () => {
	it("breaks none of Redocly's recommended rules", async () => {
		// The console is a folder of files: its relative links need the slash.
		const own = { "no-path-trailing-slash": "off" } as const;
		const config = await createConfig({ extends: ["recommended"], rules: own });
		const found = await lintFromString({ source, absoluteRef: "openapi.json", config });
		const errors = found.filter(({ severity }) => severity === "error");
		expect(errors.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
		// What needs no key and takes nothing has nothing to refuse; /console only leads on.
		const rules = new Set(found.map(({ ruleId }) => ruleId));
		expect([...rules].sort()).toEqual(["operation-2xx-response", "operation-4xx-response"]);
	});

	it("has each operation under a name of its own", () => {
		const names = api.operations().map(({ operation }) => operation.operationId);
		expect(names).toEqual([...new Set(names)]);
		expect(names.sort()).toEqual(ROUTES.map(({ operationId }) => operationId).sort());
	});

	it("has an example of every request and every answer, as their schemas say", () => {
		expect(api.examples().filter(({ mistake }) => mistake !== undefined)).toEqual([]);
		expect(api.examples().length).toBeGreaterThan(2 * ROUTES.length);
	});

	it("says of every route with a key what happens without one, beyond it, and in an outage", () => {
		const keyed = api.operations().filter(({ path }) => path.startsWith("/v1/"));
		for (const { operation } of keyed) {
			expect(Object.keys(operation.responses)).toEqual(
				expect.arrayContaining(["401", "403", "503"]),
			);
		}
	});

	it("has the routes of docs/api.md, which npm run docs writes", () => {
		const page = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");
		expect(withRoutes(page, source)).toBe(page);
	});
});
