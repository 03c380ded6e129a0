import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../../cli/exit.ts";
import { createProgram } from "../../cli/program.ts";
import type { Session } from "../../cli/session.ts";

const DOCS = readFileSync("docs/cli.md", "utf8");
/** A command line between backquotes, or a line of a block. */
const EXAMPLES = [...DOCS.matchAll(/(?:`|^|\()npx thingcast ([a-z][^`\n]*?)(?:`|\)| #|$)/gm)].map(
	([, words = ""]) => words,
);

describe("docs/cli.md", () => {
	let program: Awaited<ReturnType<typeof createProgram>>;
	beforeAll(async () => {
		const io = { out: () => {}, say: () => {}, columns: undefined };
		const session = { io, exitCode: 0 } as unknown as Session;
		program = await createProgram(session, () => true);
	});

	it("has examples", () => {
		expect(EXAMPLES.length).toBeGreaterThan(15);
	});

	it.each(EXAMPLES)("shows what there is: %s", (example) => {
		// Quoted texts hold no options.
		const words = example.replace(/'[^']*'|"[^"]*"/g, "text").split(/\s+/);
		let command = program;
		for (const word of words) {
			command = command.commands.find((child) => child.name() === word) ?? command;
		}
		expect(command).not.toBe(program);
		const known = command.options.flatMap(({ long, short }) => [long, short, "--help"]);
		for (const flag of words.filter((word) => word.startsWith("-"))) expect(known).toContain(flag);
	});

	it("lists every exit code", () => {
		for (const code of Object.values(EXIT))
			expect(DOCS).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
	});

	it("and --help name the same codes", () => {
		for (const code of Object.values(EXIT).filter((code) => code < 100)) {
			let help = "";
			program.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
			expect(help).toMatch(new RegExp(`\\b${code} \\w`));
		}
	});
});
