import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Endpoints } from "../../endpoints.ts";
import { WELL_KNOWN_ACCOUNT } from "../../identity.ts";
import { Command } from "../support/project/command.ts";
import { answering, env, Project, stackOf } from "../support/project/project.ts";

let project: Project | undefined;
let command: Command | undefined;

afterEach(async () => {
	await command?.stop();
	command = undefined;
	project?.remove();
	project = undefined;
});

const ARGS = ["--data", ".local", "--port", "0"];

const PREPARE = `
const names = ["TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
require("node:fs").writeFileSync("prepared.json", JSON.stringify(names.map((name) => process.env[name])));
`;

async function start(
	files: Record<string, string>,
	args: readonly string[] = [],
	shell?: NodeJS.ProcessEnv,
): Promise<{ endpoints: Endpoints; at: Command; in: Project }> {
	project = new Project(files);
	command = new Command(project.dir, [...ARGS, ...args], shell);
	await command.line(/^thingcast-local is running: ready in \d+ ms$/);
	const file = join(project.dataDir, "endpoints.json");
	const endpoints = JSON.parse(readFileSync(file, "utf8")) as Endpoints;
	return { endpoints, at: command, in: project };
}

async function answerOf(endpoints: Endpoints, name: string): Promise<string> {
	const response = await fetch(endpoints.functions[name]?.http ?? "");
	return response.text();
}

describe("thingcast-local in somebody else's project", () => {
	it("gives every function an address, in endpoints.json and on the terminal", async () => {
		const { endpoints, at } = await start({
			"s.yaml": stackOf(["a", "b"]),
			"a/index.js": answering('"hello from a"'),
			"b/index.js": answering('"hello from b"'),
		});
		expect(Object.keys(endpoints.functions)).toEqual(["a", "b"]);
		for (const name of ["a", "b"]) {
			expect(await answerOf(endpoints, name)).toBe(`hello from ${name}`);
			const address = endpoints.functions[name]?.http ?? "missing";
			expect(await at.line(new RegExp(address))).toContain("http");
		}
		expect(await at.stop()).toBe(0);
	});

	it("gives s.yaml the variables that were asked for, and no other of the shell", async () => {
		const variables = {
			A: env("'A'"),
			B: env("'B'"),
			C: env("'C'"),
			D: env("'D', 'none'"),
		};
		const { endpoints } = await start(
			{
				"s.yaml": stackOf(["a"], variables),
				"a/index.js": answering("['A', 'B', 'C', 'D'].map((name) => process.env[name])"),
				".env": "# of the project\nA='of the file'\nB=overridden\n",
			},
			["--dotenv", ".env", "--env", "B=given", "--env", "C"],
			{ ...process.env, C: "of the shell", D: "not asked for" },
		);
		expect(await answerOf(endpoints, "a")).toBe("of the file,given,of the shell,none");
	});

	it("never lets a variable lead to a cloud elsewhere", async () => {
		const { endpoints } = await start(
			{
				"s.yaml": stackOf(["a"], { TABLES: env("'TABLESTORE_ENDPOINT'") }),
				"a/index.js": answering("process.env.TABLES"),
			},
			["--env", "TABLESTORE_ENDPOINT=https://production.example.com"],
		);
		expect(await answerOf(endpoints, "a")).toBe(endpoints.tablestore);
	});

	it("runs a command of the project before its functions, which knows services and keys", async () => {
		const { endpoints, in: there } = await start(
			{ "s.yaml": stackOf(["a"]), "a/index.js": answering("1"), "prepare.cjs": PREPARE },
			["--prepare", "node prepare.cjs"],
		);
		const prepared = JSON.parse(readFileSync(join(there.dir, "prepared.json"), "utf8"));
		expect(prepared).toEqual([
			endpoints.tablestore,
			endpoints.instance,
			endpoints.accessKeyId,
			endpoints.accessKeySecret,
		]);
	});

	it("has the same account everywhere with --account well-known", async () => {
		const files = { "s.yaml": stackOf(["a"]), "a/index.js": answering("1") };
		const { endpoints } = await start(files, ["--account", "well-known"]);
		expect(endpoints).toMatchObject(WELL_KNOWN_ACCOUNT);
	});

	it("opens a port for a debugger in the instances of an inspected function", async () => {
		const { endpoints, at } = await start(
			{
				"s.yaml": stackOf(["a", "b"]),
				"a/index.js": answering("process.execArgv.length"),
				"b/index.js": answering("require('node:inspector').url()"),
			},
			["--inspect", "a"],
		);
		await answerOf(endpoints, "a");
		const line = await at.line(/Debugger listening on/);
		const [, port] = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? [];
		const targets = await fetch(`http://127.0.0.1:${port}/json/list`);
		expect(await targets.json()).toMatchObject([{ type: "node" }]);
		expect(await answerOf(endpoints, "b")).toBe("undefined");
	});
});

describe("thingcast-local refuses, in one sentence that says what to do,", () => {
	it.each([
		[
			"a stack that does not exist",
			["--stack", "no.yaml"],
			/no\.yaml does not exist: --stack names/,
		],
		["a preparation that fails", ["--prepare", "exit 3"], /--prepare "exit 3" ended with 3/],
		["a function to inspect", ["--inspect", "z"], /no function "z" to inspect; there are: a/],
	])("%s", async (_, args, message) => {
		project = new Project({ "s.yaml": stackOf(["a"]), "a/index.js": answering("1") });
		const refused = new Command(project.dir, [...ARGS, ...args]);
		expect(await refused.ended()).toBe(1);
		expect(refused.lines).toHaveLength(1);
		expect(refused.lines[0]).toMatch(message);
	});
});
