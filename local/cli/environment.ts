import { readFileSync } from "node:fs";
import { parse } from "dotenv";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Variables for s.yaml's `${env(…)}` that a person asked for.
 *
 * @param files in the form of `.env`; a later one wins.
 * @param names `NAME=VALUE`, or `NAME` for the shell's own value; they win over the files.
 * @throws Error if a file cannot be read, or the shell has no such variable.
 */
export function readEnvironment(
	files: readonly string[],
	names: readonly string[],
	shell: Variables,
): Record<string, string> {
	return Object.assign({}, ...files.map(fromFile), ...names.map((name) => fromName(name, shell)));
}

function fromFile(path: string): Record<string, string> {
	try {
		return parse(readFileSync(path));
	} catch (error) {
		throw new Error(`--dotenv ${path} cannot be read: ${(error as Error).message}`);
	}
}

function fromName(text: string, shell: Variables): Record<string, string> {
	const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
	if (name === undefined) {
		throw new Error(`--env must be NAME or NAME=VALUE, not "${text}"`);
	}
	const found = value ?? shell[name];
	if (found === undefined) throw new Error(`--env ${name}: the shell has no such variable`);
	return { [name]: found };
}
