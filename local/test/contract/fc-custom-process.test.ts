import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FunctionDefinition } from "../../stack/index.ts";
import { eventually, killInstance, type Running, startFixture } from "../support/fc/start.ts";

let project: string;
let running: Running | undefined;

beforeEach(() => {
	project = mkdtempSync(join(tmpdir(), "thingcast-fc-project-"));
	write("package.json", '{ "type": "module" }');
});
afterEach(async () => {
	await running?.close();
	running = undefined;
	rmSync(project, { recursive: true, force: true });
});

const CODE = "functions/server";

function write(name: string, text: string): void {
	mkdirSync(dirname(join(project, name)), { recursive: true });
	writeFileSync(join(project, name), text);
}

/** A server that answers every request with the value of an expression. */
const server = (expression: string, listen = "process.env.FC_SERVER_PORT") => `
const { createServer } = require("node:http");
const server = createServer((request, response) => {
	request.resume();
	response.end(JSON.stringify(${expression}));
}).listen(${listen});
`;

async function start(
	custom: Partial<FunctionDefinition["custom"]> = {},
	more: Partial<FunctionDefinition> = {},
): Promise<Running> {
	running = await startFixture({
		only: ["server"],
		adapt: ({ initializer, preStop, ...definition }) => ({
			...definition,
			custom: { command: ["node", "index.js"], port: 9_000, ...custom },
			...more,
		}),
		fc: { projectDir: project },
	});
	return running;
}

async function invoke(at: Running): Promise<unknown> {
	const { data } = await at.client.invokeFunction("s", "server", "{}");
	return typeof data === "string" ? JSON.parse(data) : data;
}

const notStarted = (reason: RegExp) => ({
	errorType: "FunctionNotStarted",
	errorMessage: expect.stringMatching(reason),
});

describe("the process of a custom runtime", () => {
	it("runs scripts as CommonJS whatever stands above the code folder", async () => {
		write(`${CODE}/part.js`, "module.exports = typeof require;");
		write(`${CODE}/index.js`, server('[typeof module, require("./part.js")]'));
		expect(await invoke(await start())).toEqual(["object", "function"]);
	});

	it("runs modules where the code folder itself says so", async () => {
		write(`${CODE}/package.json`, '{ "type": "module" }');
		write(
			`${CODE}/index.js`,
			`import { createServer } from "node:http";
			createServer((_, response) => response.end('"' + typeof require + '"')).listen(process.env.FC_SERVER_PORT);`,
		);
		expect(await invoke(await start())).toBe("undefined");
	});

	it("gets its own port on loopback, though it asks for s.yaml's on every address", async () => {
		write(`${CODE}/index.js`, server("server.address()", '9000, "0.0.0.0"'));
		const at = await start();
		expect(await invoke(at)).toMatchObject({ address: "127.0.0.1" });
		expect(await invoke(at)).not.toMatchObject({ port: 9_000 });
	});

	it("is refused where the cloud would not reach it: a server on loopback only", async () => {
		write(
			`${CODE}/index.js`,
			server("1", '{ port: process.env.FC_SERVER_PORT, host: "localhost" }'),
		);
		const at = await start();
		expect(await invoke(at)).toEqual(notStarted(/ended before its server listened/));
		expect(at.logs.join("\n")).toContain("it has to listen on 0.0.0.0");
	});

	it("sees the Node of the image where s.yaml looks for it", async () => {
		write(`${CODE}/index.js`, server("process.execPath"));
		const at = await start({ command: ["/var/fc/lang/nodejs20/bin/node", "index.js"] });
		expect(await invoke(at)).toBe(process.execPath);
	});

	it("that cannot be found is a function that was not started", async () => {
		write(`${CODE}/index.js`, "");
		expect(await invoke(await start({ command: ["no-such-program"] }))).toEqual(
			notStarted(/ENOENT/),
		);
	});

	it("that does not pass its health check is a function that was not started", async () => {
		write(`${CODE}/index.js`, server("1").replace("request.resume()", "response.statusCode = 500"));
		const healthCheck = {
			path: "/",
			initialDelaySeconds: 0,
			periodSeconds: 0.01,
			timeoutSeconds: 1,
			failureThreshold: 3,
			successThreshold: 1,
		};
		expect(await invoke(await start({ healthCheck }))).toEqual(notStarted(/failed 3 times/));
	});

	it("is signalled with all that it started", async () => {
		write(`${CODE}/index.js`, server("process.pid"));
		write(`${CODE}/bootstrap`, "#!/bin/sh\nnode index.js &\nwait\n");
		chmodSync(join(project, CODE, "bootstrap"), 0o755);
		const at = await start({ command: ["./bootstrap"] });
		const pid = await invoke(at);
		await eventually(() => stateOf(pid) === "T");
		expect(killInstance(at.fc)).not.toBe(pid);
		await eventually(() => stateOf(pid) === undefined);
	});

	it("is ended when it needs more memory than memorySize, that of its children included", async () => {
		const allocate = "globalThis.kept = Buffer.alloc(200 * 1024 * 1024, 1).length";
		write(
			`${CODE}/index.js`,
			server(`new Promise(() => { ${allocate}; })`).replace("response.end", "void "),
		);
		const at = await start();
		expect(await invoke(at)).toEqual({
			errorMessage: expect.stringMatching(/^Process exited unexpectedly/),
		});
		expect(at.logs.join("\n")).toContain("out of memory");
	});

	it("runs hooks that are commands in the code folder", async () => {
		write(`${CODE}/index.js`, server('require("node:fs").readFileSync("hooked", "utf8")'));
		const hook = (text: string) => ["sh", "-c", `echo ${text} >> hooked`] as const;
		const at = await start(
			{},
			{
				initializer: { command: hook("$FC_FUNCTION_NAME"), timeoutSeconds: 5 },
				preStop: { command: hook("end"), timeoutSeconds: 5 },
			},
		);
		expect(await invoke(at)).toBe("server\n");
		await at.fc.close();
		expect(readFileSync(join(project, CODE, "hooked"), "utf8")).toBe("server\nend\n");
	});
});

/** As proc(5) has it; undefined once the process is gone. */
function stateOf(pid: unknown): string | undefined {
	try {
		const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
		return state === "Z" ? undefined : state;
	} catch {
		return undefined;
	}
}
