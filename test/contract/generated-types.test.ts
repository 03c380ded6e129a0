import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiDocument } from "../../functions/http/document/index.ts";

const TSC = resolve("node_modules/typescript/bin/tsc");
// It needs TypeScript 5, which lies with it in the client's folder.
const fromClient = createRequire(resolve("client/package.json"));
const GENERATOR = join(
	dirname(fromClient.resolve("openapi-typescript/package.json")),
	"bin/cli.js",
);

const caller = (mistake = "") => `
import type { components, operations, paths } from "./api.ts";

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Command = components["schemas"]["Command"];

const request: Json<operations["createCommand"]["requestBody"]> = {
	device: { productKey: "a1", deviceName: "light" },
	service: "Set",
	args: { power: 1 },
	${mistake}
};
const schedule: components["schemas"]["ScheduleRequest"] = {
	when: { cron: "0 7 * * 1-5", timeZone: "Asia/Shanghai" },
	command: request,
	missed: { within: 60 },
};
const query: paths["/v1/commands"]["get"]["parameters"]["query"] = { state: ["failed"], since: "1h" };

export async function failedOnes(fetchJson: (url: string) => Promise<unknown>): Promise<string[]> {
	const { commands, cursor } = (await fetchJson("/v1/commands")) as Json<
		operations["listCommands"]["responses"][200]
	>;
	const ids: string[] = cursor === null ? [] : [cursor];
	for (const command of commands) {
		if (!("state" in command)) throw new Error(command.error.message);
		const at: string = command.createdAt;
		const { reply, attempts, error }: Command = command;
		if (command.state === "failed") ids.push(command.id, at, error?.code ?? "", String(reply?.code));
		ids.push(...attempts.map((attempt) => attempt.code ?? "taken"));
	}
	return ids;
}

export function advice(status: keyof operations["cancelCommand"]["responses"]): string {
	switch (status) {
		case 200:
			return "canceled";
		case 404:
		case 409:
			return "too late";
		case 401:
		case 403:
			return "another key";
		case 429:
		case 500:
		case 503:
			return "later";
	}
}
export const all = { request, schedule, query };
`;

describe("types that openapi-typescript makes of the API's document", () => {
	// In the project, where the compiler's own types are found.
	mkdirSync("node_modules/.cache", { recursive: true });
	const folder = mkdtempSync(resolve("node_modules/.cache/generated-types-"));
	afterAll(() => rmSync(folder, { recursive: true }));

	beforeAll(() => {
		writeFileSync(join(folder, "openapi.json"), apiDocument());
		const output = join(folder, "api.ts");
		execFileSync(process.execPath, [GENERATOR, join(folder, "openapi.json"), "-o", output]);
	});

	function compile(source: string): string {
		writeFileSync(join(folder, "caller.ts"), source);
		const config = {
			extends: resolve("tsconfig.json"),
			compilerOptions: {
				types: [],
				noUnusedLocals: false,
				noPropertyAccessFromIndexSignature: false,
			},
			include: ["*.ts"],
			exclude: [],
		};
		writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
		try {
			execFileSync(process.execPath, [TSC, "-p", folder], { encoding: "utf8" });
			return "";
		} catch (error) {
			return (error as { readonly stdout: string }).stdout;
		}
	}

	it("let a caller read and send what the API takes and gives", () => {
		expect(compile(caller())).toBe("");
	});

	it("refuse what the API refuses", () => {
		expect(compile(caller('lane: "fast",'))).toMatch(/fast/);
		expect(compile(caller("colour: 1,"))).toMatch(/colour/);
	});
});
