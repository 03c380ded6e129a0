import { joinPath, type Mistake } from "./mistakes.ts";

export interface Sources {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Values of `${config('NAME')}`. */
	readonly config: Readonly<Record<string, string>>;
}

const EXPRESSION = /\$\{([^}]*)\}/g;
const CALL = /^(env|config)\(\s*(.+?)\s*\)$/;
const REFERENCE = /^(vars|resources)(\.[\w-]+)+$/;

/**
 * Resolves Serverless Devs' variables: `${vars.x}`, `${resources.a.props.b}`,
 * `${env('NAME')}`, `${env('NAME', 'default')}` and `${config('AccountID')}`
 * (docs.serverless-devs.com, "Variables in s.yaml"). A value that is nothing
 * but one expression keeps the type of what it refers to.
 */
export function interpolate(
	document: unknown,
	sources: Sources,
): { value: unknown; mistakes: Mistake[] } {
	const mistakes: Mistake[] = [];
	const resolving = new Set<string>();

	function walk(value: unknown, path: readonly PropertyKey[]): unknown {
		if (typeof value === "string") return resolveText(value, path);
		if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
		if (isRecord(value)) {
			return Object.fromEntries(
				Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]),
			);
		}
		return value;
	}

	function resolveText(text: string, path: readonly PropertyKey[]): unknown {
		const whole = /^\$\{([^}]*)\}$/.exec(text);
		if (whole) return evaluate(whole[1] ?? "", path);
		return text.replace(EXPRESSION, (_, expression: string) => {
			const value = evaluate(expression, path);
			if (typeof value === "object" && value !== null) {
				return refuse(path, `\${${expression}} is not a text and cannot stand inside one`);
			}
			return String(value ?? "");
		});
	}

	function refuse(path: readonly PropertyKey[], message: string): "" {
		mistakes.push({ path: joinPath(path), message });
		return "";
	}

	function evaluate(raw: string, path: readonly PropertyKey[]): unknown {
		const expression = raw.trim();
		const call = CALL.exec(expression);
		if (call) return evaluateCall(call[1] ?? "", call[2] ?? "", path);
		if (!REFERENCE.test(expression)) {
			return refuse(path, `\${${expression}} is not an expression that can be resolved here`);
		}
		if (resolving.has(expression)) {
			return refuse(path, `\${${expression}} refers to itself`);
		}
		const keys = expression.split(".");
		const target = look(document, keys);
		if (target === undefined) return refuse(path, `\${${expression}} is not defined`);
		resolving.add(expression);
		const value = walk(target, keys);
		resolving.delete(expression);
		return value;
	}

	function evaluateCall(name: string, args: string, path: readonly PropertyKey[]): unknown {
		const values = parseArguments(args);
		const key = values?.[0];
		if (values === undefined || typeof key !== "string") {
			return refuse(path, `\${${name}(${args})} has arguments that cannot be read`);
		}
		if (name === "config") {
			return (
				sources.config[key] ?? refuse(path, `\${config('${key}')} is not known to the local cloud`)
			);
		}
		const set = sources.env[key];
		if (set !== undefined) return set;
		if (values.length > 1) return values[1];
		return refuse(
			path,
			`\${env('${key}')}: the environment has no ${key}, and there is no default`,
		);
	}

	// The references are resolved again wherever they are used, so one mistake may be met twice.
	const value = walk(document, []);
	const seen = new Set<string>();
	return {
		value,
		mistakes: mistakes.filter(({ path, message }) => {
			const key = `${path}|${message}`;
			return seen.has(key) ? false : seen.add(key);
		}),
	};
}

/** `'a', "b", c, 12, true`; undefined if it is anything else. */
function parseArguments(text: string): (string | number | boolean)[] | undefined {
	const values: (string | number | boolean)[] = [];
	const argument = /\s*(?:'([^']*)'|"([^"]*)"|([\w.+-]+))\s*(,|$)/y;
	while (argument.lastIndex < text.length) {
		const match = argument.exec(text);
		if (!match) return undefined;
		const quoted = match[1] ?? match[2];
		values.push(quoted ?? literal(match[3] ?? ""));
	}
	return values;
}

function literal(word: string): string | number | boolean {
	if (word === "true" || word === "false") return word === "true";
	return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word;
}

function look(document: unknown, keys: readonly string[]): unknown {
	return keys.reduce<unknown>(
		(value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
		document,
	);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
