import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAX_GZIP_BYTES = 4 * 1024;
const CLIENT = resolve("client");
const TSC = resolve("node_modules/typescript/bin/tsc");

describe("the client as a package", () => {
	const project = mkdtempSync(join(tmpdir(), "thingcast-client-"));
	beforeAll(() => {
		mkdirSync(join(project, "node_modules"));
		symlinkSync(CLIENT, join(project, "node_modules/thingcast-client"));
	});
	afterAll(() => rmSync(project, { recursive: true }));

	const bundle = () => readFileSync(join(CLIENT, "dist/index.js"));

	it("is small", () => {
		const bytes = gzipSync(bundle(), { level: 9 }).length;
		console.log(`thingcast-client: ${bytes} of ${MAX_GZIP_BYTES} bytes, minified and gzipped`);
		expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
	});

	it("imports nothing, of Node.js or of anybody else", () => {
		expect(bundle().toString()).not.toMatch(/\bimport\b|\brequire\b|node:|process\./);
		const { dependencies } = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8"));
		expect(dependencies).toBeUndefined();
	});

	it("is imported by its name", () => {
		const code =
			'import { createClient, match } from "thingcast-client"; console.log(typeof createClient({ url: "http://x", key: "k" }).jobs.approve, typeof match)';
		writeFileSync(join(project, "use.mjs"), code);
		const { stdout } = spawnSync(process.execPath, ["use.mjs"], { cwd: project, encoding: "utf8" });
		expect(stdout.trim()).toBe("function function");
	});

	const compile = (...files: readonly string[]) => {
		const options = ["--strict", "--noEmit", "--target", "es2023", "--skipLibCheck"];
		const resolution = ["--module", "esnext", "--moduleResolution", "bundler"];
		const { stdout } = spawnSync(process.execPath, [TSC, ...options, ...resolution, ...files], {
			cwd: project,
			encoding: "utf8",
		});
		return stdout;
	};

	it("has types for whoever imports it, in a browser's program as well", () => {
		writeFileSync(
			join(project, "use.ts"),
			`import { createClient, match, type Outcome } from "thingcast-client";
const client = createClient({ url: "http://x", key: "k" });
export const wait = (outcome: Outcome): string => match(outcome, {
	succeeded: ({ result }) => result ?? "", failed: ({ error }) => error.code, unknown: () => "?",
	timed_out: () => "", expired: () => "", canceled: () => "",
});
export const limit: Promise<number> = client.quota().then((quota) => quota.limit);
`,
		);
		expect(compile("--lib", "ES2023,DOM", "--types", "", "use.ts")).toBe("");
	});

	it("is used in docs/client.md as it is", () => {
		const blocks = readFileSync("docs/client.md", "utf8").matchAll(/```ts\n(.*?)```/gs);
		writeFileSync(join(project, "docs.ts"), [...blocks].map(([, code]) => code).join("\n"));
		const types = ["--types", "node", "--typeRoots", resolve("node_modules/@types")];
		expect(compile("--lib", "ES2023,ESNext.AsyncIterable", ...types, "docs.ts")).toBe("");
	});
});
