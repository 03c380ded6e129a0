import { execFile } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStack } from "../../local/stack/index.ts";
import {
	type Bundle,
	build,
	describe as describeBundles,
	functionNames,
} from "../../tools/build.ts";
import { MAX_KILOBYTES } from "../../tools/bundle/limits.ts";

const FILE = join(import.meta.dirname, "../../s.yaml");
const run = promisify(execFile);
const temporary = mkdtempSync(join(tmpdir(), "thingcast-bundles-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** What Function Compute itself sets in every instance. */
const PROVIDED = {
	ALIBABA_CLOUD_ACCESS_KEY_ID: "STS.example",
	ALIBABA_CLOUD_ACCESS_KEY_SECRET: "example",
	ALIBABA_CLOUD_SECURITY_TOKEN: "example",
	FC_ACCOUNT_ID: "1234567890123456",
	FC_REGION: "cn-shanghai",
};

describe("the bundles", () => {
	let bundles: Bundle[] = [];
	beforeAll(async () => {
		bundles = await build({ outDir: join(temporary, "dist") });
	});

	it("are one folder a function, with nothing in it but the code and, of http, the API's document", () => {
		expect(bundles.map(({ functionName }) => functionName)).toEqual(functionNames());
		for (const { folder, functionName } of bundles) {
			const more = functionName === "http" ? ["openapi.json"] : [];
			expect(readdirSync(folder).sort()).toEqual(["index.js", ...more, "package.json"]);
		}
		expect(existsSync(join(temporary, "dist/source-maps/http.js.map"))).toBe(true);
	});

	it.each(Object.entries(MAX_KILOBYTES))("are small: %s at most %i KB", (name, most) => {
		const bundle = bundles.find(({ functionName }) => functionName === name);
		expect((bundle?.bytes ?? Number.NaN) / 1024).toBeLessThanOrEqual(most);
	});

	it("hold nothing of the routes that only the API's document needs", () => {
		const folder = join(temporary, "dist/http");
		const document = JSON.parse(readFileSync(join(folder, "openapi.json"), "utf8"));
		const code = readFileSync(join(folder, "index.js"), "utf8");
		const { summary, operationId } = document.paths["/v1/commands"].post;
		expect(code).toContain(operationId);
		expect(code).not.toContain(summary);
		expect(code).not.toContain(document.components.schemas.Command.properties.result.description);
	});

	it("hold nothing that the vendors' packages bring along for others", () => {
		const names = bundles.flatMap(({ parts }) => parts.map(({ name }) => name));
		for (const needless of ["ali-oss", "axios", "lodash", "moment", "socks", "ws", "xml2js"]) {
			expect(names).not.toContain(needless);
		}
	});

	it("are told with their sizes and what is largest in each", () => {
		const lines = describeBundles(bundles).split("\n");
		expect(lines).toHaveLength(bundles.length + 1);
		for (const { parts, bytes } of bundles) {
			const sum = parts.reduce((total, part) => total + part.bytes, 0);
			expect(sum).toBeGreaterThan(0.9 * bytes);
			expect(sum).toBeLessThanOrEqual(bytes);
		}
	});

	it("start with the variables of s.yaml and of the platform, and no others", async () => {
		const { functions } = readStack(FILE, {
			env: { API_KEYS: "key-of-at-least-16-characters" },
			accountId: PROVIDED.FC_ACCOUNT_ID,
			region: PROVIDED.FC_REGION,
		});
		const starts = functions.map(async ({ resource, environment }) => {
			const { stdout } = await load(resource, { ...PROVIDED, ...environment });
			expect(stdout).toBe("started\n");
		});
		await Promise.all(starts);
		expect(starts).toHaveLength(bundles.length);
	});

	it("stop at the start with one error that names what is missing", async () => {
		const { FC_ACCOUNT_ID, ...rest } = PROVIDED;
		expect(FC_ACCOUNT_ID).toBeDefined();
		await expect(load("worker", rest)).rejects.toMatchObject({
			stderr: expect.stringMatching(/FC_ACCOUNT_ID is missing.*TABLESTORE_ENDPOINT is missing/),
		});
	});

	function load(name: string, env: Record<string, string>) {
		const script = `
			process.env.FC_SERVER_PORT = "0";
			require("./index.js");
			console.log("started");
			process.exit(0);`;
		const cwd = join(temporary, "dist", name);
		return run(process.execPath, ["-e", script], { cwd, env });
	}
});

describe("the build refuses", () => {
	it("a bundle that holds a part of the local cloud, and names it", async () => {
		const root = join(temporary, "stray");
		write(
			root,
			"functions/web/index.ts",
			'export { secret as handler } from "../../local/key.ts";',
		);
		write(root, "local/key.ts", 'export const secret = "of the local account";');
		const refused = build({ root, outDir: join(root, "dist") });
		await expect(refused).rejects.toThrow(/bundle of web must not hold local\/key\.ts/);
		expect(existsSync(join(root, "dist/web"))).toBe(false);
	});

	it("a bundle that holds a package that no function needs, and names it", async () => {
		const root = join(temporary, "needless");
		write(root, "functions/web/index.ts", 'export { default as handler } from "moment";');
		write(root, "node_modules/moment/package.json", '{"name":"moment","main":"index.js"}');
		write(root, "node_modules/moment/index.js", "module.exports = () => {};");
		await expect(build({ root, outDir: join(root, "dist") })).rejects.toThrow(
			/bundle of web must not hold moment/,
		);
	});

	it("a project without functions", async () => {
		const root = join(temporary, "empty");
		write(root, "functions/readme.txt", "none");
		await expect(build({ root, outDir: join(root, "dist") })).rejects.toThrow(/has no function/);
	});

	function write(root: string, path: string, text: string): void {
		const file = join(root, path);
		mkdirSync(join(file, ".."), { recursive: true });
		writeFileSync(file, text);
	}
});
