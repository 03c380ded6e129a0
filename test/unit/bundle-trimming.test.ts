import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { trimVendors } from "../../tools/bundle/trim/plugin.ts";

const temporary = mkdtempSync(join(tmpdir(), "thingcast-trimming-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const IOT = "@alicloud/iot20180120";
const CLIENT = `
const tea = require("tea");
const unused = require("unused");
class SetRequest extends tea.Model { static types() { return { part: SetPart }; } }
exports.SetRequest = SetRequest;
class SetPart extends tea.Model {}
exports.SetPart = SetPart;
class OtherRequest extends tea.Model {}
exports.OtherRequest = OtherRequest;
class Client extends tea.Client {
	constructor() { super(); this.check(); }
	check() {}
	async set(request) { return this.send("Set", request); }
	async other(request) { return unused(new OtherRequest()); }
}
exports.default = Client;
`;

describe("the build's plugin", () => {
	it("keeps what callers name and what that needs, on its own lines", async () => {
		const code = await bundle("kept", { version: "3.0.11", code: CLIENT }, ["set", "SetRequest"]);
		for (const kept of ["SetRequest", "SetPart", "check()", '"Set"']) expect(code).toContain(kept);
		for (const gone of ["OtherRequest", "other(", "unused"]) expect(code).not.toContain(gone);
	});

	it("refuses another version of a package, and says which one it knows", async () => {
		const refused = bundle("version", { version: "3.0.12", code: CLIENT }, ["set"]);
		await expect(refused).rejects.toThrow(/iot20180120 is 3\.0\.12 and .* was tried with 3\.0\.11/);
	});

	it("refuses a package that no longer has what it looks for", async () => {
		const code = CLIENT.replaceAll("Client", "Caller");
		const refused = bundle("shape", { version: "3.0.11", code }, ["set"]);
		await expect(refused).rejects.toThrow(/dist\/client\.js has no class Client/);
	});

	it("refuses a file of a package that it knows nothing of", async () => {
		const code = `${CLIENT}\nrequire("./more.js");`;
		const refused = bundle("strange", { version: "3.0.11", code }, ["set"]);
		await expect(refused).rejects.toThrow(/no rule for @alicloud\/iot20180120\/dist\/more\.js/);
	});

	it("leaves a package that throws when what was left out is used", async () => {
		const root = join(temporary, "left-out");
		write(root, "index.js", 'const Oss = require("ali-oss"); exports.use = () => new Oss();');
		const { use } = await evaluate(root, new Set());
		expect(use).toThrow("ali-oss is left out of the bundles");
	});
});

/** The text of a bundle of a package that looks like the IoT Platform's client. */
async function bundle(
	name: string,
	{ version, code }: { version: string; code: string },
	called: readonly string[],
): Promise<string> {
	const root = join(temporary, name);
	const folder = `node_modules/${IOT}`;
	write(root, "index.js", `module.exports = require("${IOT}");`);
	write(
		root,
		`${folder}/package.json`,
		JSON.stringify({ name: IOT, version, main: "dist/client.js" }),
	);
	write(root, `${folder}/dist/client.js`, code);
	write(root, `${folder}/dist/more.js`, "");
	await make(root, new Set(called));
	return readFileSync(join(root, "out.cjs"), "utf8");
}

async function evaluate(
	root: string,
	called: ReadonlySet<string>,
): Promise<{ use: () => unknown }> {
	await make(root, called);
	return import(join(root, "out.cjs"));
}

const make = (root: string, called: ReadonlySet<string>) =>
	build({
		absWorkingDir: root,
		entryPoints: ["./index.js"],
		outfile: join(root, "out.cjs"),
		bundle: true,
		platform: "node",
		external: ["tea", "unused"],
		plugins: [trimVendors(async () => called)],
		logLevel: "silent",
	});

function write(root: string, path: string, text: string): void {
	const file = join(root, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
}
