import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CATALOG } from "../../cli/catalog.ts";
import { Person } from "../support/cli/typed.ts";

/** As a shell would ask when Tab is pressed behind these words. */
const PRESS_TAB = `
source "$SCRIPT"
COMP_WORDS=(thingcast "$@")
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_thingcast
echo "\${COMPREPLY[@]}"`;

describe("the program", () => {
	const person = new Person();
	afterAll(() => person.leaves());

	it("lists every command in --help, and so without anything", async () => {
		const { out, code } = await person.types("--help");
		for (const { name } of CATALOG) expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
		expect(code).toBe(0);
		expect((await person.types()).out).toBe(out);
	});

	it.each(CATALOG.map(({ name }) => name))("%s has help of its own", async (name) => {
		if (name === "dev") return;
		const { out, code } = await person.types(name, "--help");
		expect(out).toContain(`Usage: thingcast ${name}`);
		expect(code).toBe(0);
		expect((await person.types("help", name)).out).toBe(out);
	});

	it("says its version", async () => {
		const { version } = JSON.parse(readFileSync("package.json", "utf8"));
		expect(await person.types("--version")).toMatchObject({ code: 0, out: version });
	});

	it.each([
		[["jo"], "job"],
		[["job", "st"], "start"],
		[["job", "start", "--wav"], "--wave"],
		[["send", "--service", "Set", "--wa"], "--wait"],
		[["schedule", "pre"], "preview"],
	])("completes %j in bash to %s", async (words, expected) => {
		const { out } = await person.types("completion", "bash");
		const script = join(person.home, "completion.bash");
		writeFileSync(script, out);
		const { stdout } = spawnSync("bash", ["-c", PRESS_TAB, "bash", ...words], {
			env: { ...process.env, SCRIPT: script },
			encoding: "utf8",
		});
		expect(stdout.trim()).toBe(expected);
	});

	it.each(["zsh", "fish"])("has a script for %s", async (shell) => {
		const { out } = await person.types("completion", shell);
		for (const { name } of CATALOG) expect(out).toContain(name);
	});

	it("loads little before it knows the command", () => {
		const folder = "dist/cli";
		const read = (name: string) => readFileSync(join(folder, name), "utf8");
		const loaded = new Set<string>();
		const load = (name: string) => {
			if (loaded.has(name)) return;
			loaded.add(name);
			for (const [, next] of read(name).matchAll(/(?:from|import)"\.\/([^"]+)"/g)) load(next ?? "");
		};
		load("main.js");
		const bytes = [...loaded].reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
		console.log(
			`thingcast: ${loaded.size} of ${readdirSync(folder).length} files, ${bytes} bytes to start`,
		);
		expect(bytes).toBeLessThan(100_000);
		expect([...loaded].map(read).join("")).not.toMatch(/from"tablestore"/);
	});
});
